variable "account_id" {
  description = "Account everything lives in; credentials of another one are refused."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id)) && var.account_id != "000000000000"
    error_message = "account_id: your AWS account, 12 digits. It is set in terraform/bootstrap/terraform.tfvars."
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

variable "zones" {
  description = "Environments that live in this account, each with the name of its DNS zone."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.zones) > 0 && length(setsubtract(keys(var.zones), ["staging", "production"])) == 0
    error_message = "zones: for staging, production, or both."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", zone))]) && length(distinct(values(var.zones))) == length(var.zones)
    error_message = "zones: names such as staging.parcellab.com, each environment its own."
  }
}

variable "github_repository" {
  description = "Repository on GitHub whose jobs may take the roles, as OWNER/NAME; `null`: none."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository: OWNER/NAME, without wildcards; with one, strangers' repositories could match."
  }
}

variable "gitlab_project" {
  description = "Project on GitLab whose jobs may take the roles, as GROUP/PROJECT; `null`: none."
  type        = string
  default     = null

  validation {
    condition     = var.gitlab_project == null || can(regex("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$", var.gitlab_project))
    error_message = "gitlab_project: GROUP/PROJECT, without wildcards; with one, strangers' projects could match."
  }

  validation {
    condition     = var.gitlab_project != null || var.github_repository != null
    error_message = "gitlab_project: name this or github_repository; otherwise nobody could take the roles."
  }
}

variable "gitlab_url" {
  description = "Address of GitLab."
  type        = string
  default     = "https://gitlab.com"
  nullable    = false

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.gitlab_url))
    error_message = "gitlab_url: https://HOST without a path."
  }
}

variable "gitlab_branch" {
  description = "The protected branch of that project whose jobs may take the roles."
  type        = string
  default     = "main"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]+$", var.gitlab_branch))
    error_message = "gitlab_branch: a branch, without wildcards."
  }
}

variable "images_kept" {
  description = "Images kept of each kind."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.images_kept >= 20 && floor(var.images_kept) == var.images_kept
    error_message = "images_kept: a whole number, 20 or more; an image that runs could be gone when its node is."
  }
}

variable "create_spot_role" {
  description = "Whether the service-linked role of Spot is made here; false where the account has it."
  type        = bool
  default     = true
  nullable    = false
}
