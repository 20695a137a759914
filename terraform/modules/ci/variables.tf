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

variable "environments" {
  description = "Environments that live in this account: `staging`, `production`, or both."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.environments) > 0 && length(setsubtract(var.environments, ["staging", "production"])) == 0
    error_message = "environments: staging, production, or both."
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

variable "state_bucket" {
  description = "Bucket with the state."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket: the name of a bucket; no wildcards."
  }
}

variable "log_bucket" {
  description = "Bucket with the access logs."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.log_bucket))
    error_message = "log_bucket: the name of a bucket; no wildcards."
  }
}

variable "state_key_arn" {
  description = "Key of that bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.state_key_arn))
    error_message = "state_key_arn: the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID), not an alias."
  }
}

variable "images" {
  description = "Repositories of the registry."
  type        = set(string)
  default     = ["toolcrib/hardware", "toolcrib/portal"]
  nullable    = false

  validation {
    condition     = length(var.images) > 0 && alltrue([for image in var.images : can(regex("^toolcrib/[a-z][a-z0-9-]*$", image))])
    error_message = "images: names such as toolcrib/hardware."
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
