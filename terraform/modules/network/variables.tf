variable "name" {
  description = "Prefix of every name, such as `toolcrib-staging`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "name: 3 to 24 small letters, digits and hyphens, such as toolcrib-staging."
  }
}

variable "environment" {
  description = "`staging` or `production`; production refuses what may save money elsewhere."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "environment: staging or production."
  }
}

variable "account_id" {
  description = "Account everything lives in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id: an AWS account has 12 digits."
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

variable "cidr" {
  description = "Addresses of the VPC, a /16: private /20, public and database /24 of every zone are cut from it."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr)) && endswith(var.cidr, "/16") && try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], false)
    error_message = "cidr: an IPv4 network of size /16, such as 10.20.0.0/16."
  }

  validation {
    condition     = can(regex("^(10\\.|192\\.168\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.)", var.cidr))
    error_message = "cidr: of the private ranges (10/8, 172.16/12, 192.168/16); the internet's own addresses could not be reached from inside."
  }
}

variable "zones" {
  description = "Availability zones, by name."
  type        = list(string)
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^${var.region}[a-f]$", zone))]) && length(distinct(var.zones)) == length(var.zones)
    error_message = "zones: zones of the region, each once, such as [\"eu-central-1a\", \"eu-central-1b\"]."
  }

  validation {
    condition     = length(var.zones) >= 2
    error_message = "zones: two at least; EKS and RDS take no fewer."
  }

  validation {
    condition     = var.environment != "production" || length(var.zones) >= 3
    error_message = "zones: production needs three, so that it survives the loss of one with a spare."
  }
}

variable "nat" {
  description = "`single`: one NAT gateway, whose zone takes everybody's way out with it. `per_zone`: one in each zone."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["single", "per_zone"], var.nat)
    error_message = "nat: single or per_zone."
  }

  validation {
    condition     = var.environment != "production" || var.nat == "per_zone"
    error_message = "nat: production needs per_zone; with a single one the loss of its zone is an outage of all."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  nullable    = false

  validation {
    condition     = contains([30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: 30 or more, and one of the periods that CloudWatch Logs knows (30, 60, 90, 180, 365, 400, 731, ...)."
  }

  validation {
    condition     = var.environment != "production" || var.log_retention_days >= 365
    error_message = "log_retention_days: production keeps logs for a year at least (365)."
  }
}

variable "logs_key_arn" {
  description = "Key of the log groups; its policy has to let CloudWatch Logs use it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.logs_key_arn))
    error_message = "logs_key_arn: the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID), not an alias."
  }
}

variable "alarm_topic_arn" {
  description = "SNS topic that alarms go to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:", var.alarm_topic_arn))
    error_message = "alarm_topic_arn: the ARN of an SNS topic."
  }
}

variable "permissions_boundary_arn" {
  description = "Boundary of every role made here (output `permissions_boundary_arn` of the bootstrap): what it does not list no role can do, whatever its policies say."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn: the ARN of an IAM policy, as the bootstrap prints it."
  }
}
