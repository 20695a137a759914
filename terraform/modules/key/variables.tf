variable "name" {
  description = "Alias of the key, without `alias/`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,60}[a-z0-9]$", var.name))
    error_message = "name: small letters, digits and hyphens, such as toolcrib-staging-logs."
  }
}

variable "description" {
  description = "What the key encrypts."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "Account the key lives in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id: an AWS account has 12 digits."
  }
}

variable "services" {
  description = "AWS services that use the key themselves, by a short name: principal, actions, and the conditions that tie them to this account."
  type = map(object({
    principal = string
    actions   = set(string)
    conditions = set(object({
      test     = string
      variable = string
      values   = set(string)
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for service in var.services : length(service.conditions) > 0])
    error_message = "services: each needs a condition that ties it to this account, such as aws:SourceAccount."
  }

  validation {
    condition     = alltrue([for service in var.services : !contains(service.actions, "kms:*") && !contains(service.actions, "*")])
    error_message = "services: name the actions; a service never needs kms:*."
  }
}
