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

variable "zone_id" {
  description = "Hosted zone of the environment; from the bootstrap."
  type        = string
  nullable    = false
}

variable "zone_name" {
  description = "Name of that zone; from the bootstrap."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Cluster; from layer base."
  type        = string
  nullable    = false
}

variable "mysql_host" {
  description = "Address of the database; from layer base."
  type        = string
  nullable    = false
}

variable "mysql_admin_secret_arn" {
  description = "Secret with the administrator's password; from layer base."
  type        = string
  nullable    = false
}

variable "database_key_arn" {
  description = "Key of that secret; from layer base."
  type        = string
  nullable    = false
}

variable "export_bucket" {
  description = "Bucket of the customers' exports; from layer base."
  type        = string
  nullable    = false
}

variable "export_key_arn" {
  description = "Key of that bucket; from layer base."
  type        = string
  nullable    = false
}

variable "alarm_topic_arn" {
  description = "Topic that alarms go to; from layer base."
  type        = string
  nullable    = false
}

variable "secret_recovery_days" {
  description = "Days that a deleted secret can be had back."
  type        = number
  default     = 30
  nullable    = false
}
