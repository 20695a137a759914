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

variable "cluster_name" {
  description = "EKS cluster whose pods are meant."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,99}$", var.cluster_name))
    error_message = "cluster_name: a name as EKS allows it, such as toolcrib-staging."
  }
}

variable "zone_id" {
  description = "Hosted zone that everything is in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Z0-9]{5,32}$", var.zone_id))
    error_message = "zone_id: the id of a hosted zone, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "zone_name" {
  description = "Name of that zone, without a dot at the end."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.zone_name))
    error_message = "zone_name: a name such as parcellab.com."
  }
}

variable "hosts" {
  description = "Host by customer."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for host in var.hosts : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", host))])
    error_message = "hosts: names in small letters, without wildcards and without a dot at the end."
  }

  validation {
    condition     = alltrue([for host in var.hosts : endswith(host, ".${var.zone_name}")])
    error_message = "hosts: ${join(", ", [for customer, host in var.hosts : "${host} (customer ${customer})" if !endswith(host, ".${var.zone_name}")])} is not below the zone ${var.zone_name}: its certificate could not be proven."
  }

  validation {
    condition     = length(distinct(values(var.hosts))) == length(var.hosts)
    error_message = "hosts: two customers have the same host."
  }

  validation {
    condition     = alltrue([for host in var.hosts : length(host) <= 62])
    error_message = "hosts: 62 characters at most; a certificate's names end at 64, and the wildcard takes two."
  }
}

variable "external_dns_version" {
  description = "Version of the add-on; `null` for EKS's default."
  type        = string
  default     = null

  validation {
    condition     = var.external_dns_version == null || can(regex("^v[0-9]+\\.[0-9]+\\.[0-9]+-eksbuild\\.[0-9]+$", var.external_dns_version))
    error_message = "external_dns_version: such as v0.19.0-eksbuild.2, or null."
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
