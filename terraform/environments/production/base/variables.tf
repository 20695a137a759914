variable "environment" {
  description = "`staging` or `production`; production refuses what may save money elsewhere."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "environment: staging or production."
  }

  # Otherwise production could be called staging, and nothing that production has to have would be asked for.
  validation {
    condition     = basename(dirname(abspath(path.root))) == var.environment
    error_message = "environment: this folder is ${basename(dirname(abspath(path.root)))}; the other environment is made in its own."
  }
}

variable "account_id" {
  description = "Account everything lives in; credentials of another one are refused."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id)) && var.account_id != "000000000000"
    error_message = "account_id: your AWS account, 12 digits. `make apply LAYER=bootstrap` writes it to bootstrap.auto.tfvars.json here."
  }
}

variable "region" {
  description = "Region everything lives in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-[0-9]$", var.region)) && !startswith(var.region, "us-gov-")
    error_message = "region: a region of the commercial partition, such as eu-central-1 (ARNs here begin with arn:aws:)."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of every role; from the bootstrap."
  type        = string
  nullable    = false
}

variable "deploy_role_arn" {
  description = "Role that pipelines deploy with; from the bootstrap. In the cluster it is group `toolcrib:deployers`."
  type        = string
  nullable    = false
}

variable "log_bucket" {
  description = "Bucket for access logs; from the bootstrap."
  type        = string
  nullable    = false
}

variable "zone_name" {
  description = "Zone that every host is in; from the bootstrap."
  type        = string
  nullable    = false
}

variable "cidr" {
  description = "Addresses of the VPC, a /16 that nothing else in reach has."
  type        = string
  nullable    = false
}

variable "zones" {
  description = "Availability zones, by name."
  type        = list(string)
  nullable    = false
}

variable "nat" {
  description = "`single` or `per_zone`."
  type        = string
  nullable    = false
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes."
  type        = string
  nullable    = false
}

variable "public_access_cidrs" {
  description = "Networks that may reach the API server over the internet; none for a private endpoint."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "administrators" {
  description = "Roles whose members administer the cluster, such as the one that people get by single sign-on: ARNs by a short name. The first apply needs one."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.administrators) > 0 && !contains(keys(var.administrators), "deploy")
    error_message = "administrators: name at least one role (arn:aws:iam::ACCOUNT:role/NAME) in local.auto.tfvars, as local.auto.tfvars.example shows; `deploy` is taken."
  }
}

variable "database" {
  description = "The database: see module `database`, whose inputs these are."
  type = object({
    topology              = string
    instance_class        = string
    storage_gib           = number
    storage_max_gib       = number
    max_connections       = number
    multi_az              = optional(bool, true)
    engine_version        = optional(string, "8.4")
    backup_retention_days = optional(number, 14)
    deletion_protection   = optional(bool, true)
  })
  nullable = false
}

variable "alarm_emails" {
  description = "Addresses that alarms are sent to."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.alarm_emails) > 0
    error_message = "alarm_emails: name at least one address; an alarm that nobody gets is none."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  nullable    = false
}
