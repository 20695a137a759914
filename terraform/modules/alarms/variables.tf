variable "name" {
  description = "Prefix of every name, such as `toolcrib-staging`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "name: 3 to 24 small letters, digits and hyphens, such as toolcrib-staging."
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

variable "emails" {
  description = "Addresses that alarms are sent to. Each has to confirm once, by the link that AWS mails to it."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@ ]+@[^@ ]+\\.[a-z]+$", email))])
    error_message = "emails: addresses such as oncall@example.com."
  }
}
