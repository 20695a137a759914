variable "account_id" {
  description = "Account everything lives in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id: an AWS account has 12 digits."
  }
}

variable "name" {
  description = "Name of the bucket, unique in all of AWS: with the account's number in it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name)) && strcontains(var.name, var.account_id)
    error_message = "name: 3 to 63 small letters, digits and hyphens, with the account's number in it; otherwise somebody else may have the name."
  }
}

variable "key_arn" {
  description = "KMS key; `null` for a bucket that takes logs, which are delivered to no bucket with a key of ours."
  type        = string
  default     = null

  validation {
    condition     = var.key_arn == null || can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn: the ARN of a KMS key, not an alias."
  }

  validation {
    condition     = (var.key_arn == null) == var.takes_logs
    error_message = "key_arn: needed, unless the bucket takes logs; then it has to be left out."
  }
}

variable "takes_logs" {
  description = "Whether S3 (below `s3/`) and load balancers (below `alb/`) of this account deliver their access logs here."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_bucket" {
  description = "Bucket for the access log; needed for all but those that take logs themselves."
  type        = string
  default     = null

  validation {
    condition     = var.log_bucket != null || var.takes_logs
    error_message = "log_bucket: needed, unless the bucket takes logs itself."
  }
}

variable "old_versions_days" {
  description = "Days that overwritten and deleted objects can be had back."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.old_versions_days >= 7 && floor(var.old_versions_days) == var.old_versions_days
    error_message = "old_versions_days: a whole number, 7 or more."
  }
}

variable "expire_days" {
  description = "Days after which objects go; `null`: they stay."
  type        = number
  default     = null

  validation {
    condition     = var.expire_days == null || try(var.expire_days >= 30 && floor(var.expire_days) == var.expire_days, false)
    error_message = "expire_days: a whole number, 30 or more, or null."
  }
}
