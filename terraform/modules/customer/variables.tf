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

variable "cluster_name" {
  description = "EKS cluster whose pods are meant."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,99}$", var.cluster_name))
    error_message = "cluster_name: a name as EKS allows it, such as toolcrib-staging."
  }
}

variable "customer" {
  description = "Name of the customer, as in `customers.json`: its namespace is `customer-<name>`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$", var.customer))
    error_message = "customer: 1 to 22 small letters, digits and hyphens, beginning with a letter; MySQL allows 32 characters for the user customer_<name>."
  }
}

variable "mysql_host" {
  description = "Address of the database, without a port."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.mysql_host))
    error_message = "mysql_host: a host name without a port."
  }
}

variable "export_bucket" {
  description = "Bucket that `STORAGE_URL` names; the customer's objects lie below `customer-<name>/`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.export_bucket))
    error_message = "export_bucket: the name of a bucket; no wildcards."
  }
}

variable "export_key_arn" {
  description = "Key of that bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.export_key_arn))
    error_message = "export_key_arn: the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID), not an alias."
  }
}

variable "secrets_key_arn" {
  description = "Key of the customers' secrets."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.secrets_key_arn))
    error_message = "secrets_key_arn: the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID), not an alias."
  }
}

variable "secret_recovery_days" {
  description = "Days that a deleted secret can be had back."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30
    error_message = "secret_recovery_days: from 7 to 30."
  }
}

variable "secret_version" {
  description = "Raise it to have new passwords written. `make rotate` is what you want: this one locks the pods out until `database ensure` ran."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.secret_version >= 1 && floor(var.secret_version) == var.secret_version
    error_message = "secret_version: a whole number, 1 or more."
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
