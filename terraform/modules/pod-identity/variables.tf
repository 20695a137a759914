variable "account_id" {
  description = "Account everything lives in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id: an AWS account has 12 digits."
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

variable "permissions_boundary_arn" {
  description = "Boundary of every role made here (output `permissions_boundary_arn` of the bootstrap): what it does not list no role can do, whatever its policies say."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn: the ARN of an IAM policy, as the bootstrap prints it."
  }
}

variable "name" {
  description = "Name of the role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^toolcrib-[a-z0-9-]{1,55}$", var.name))
    error_message = "name: toolcrib- and small letters, digits and hyphens, 64 characters at most; what CI may change begins so."
  }
}

variable "region" {
  description = "Region of the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))
    error_message = "region: such as eu-central-1."
  }
}

variable "namespace" {
  description = "Namespace of the pods."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace: a name as Kubernetes allows it; no wildcards."
  }
}

variable "service_account" {
  description = "ServiceAccount of the pods."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.service_account))
    error_message = "service_account: a name as Kubernetes allows it; no wildcards."
  }
}

variable "associate" {
  description = "Whether the association is made here; an add-on of EKS makes its own."
  type        = bool
  default     = true
  nullable    = false
}

variable "policy" {
  description = "What the pods may do: a policy document as JSON."
  type        = string
  nullable    = false

  validation {
    condition = can(jsondecode(var.policy)) && !anytrue([
      for statement in try(jsondecode(var.policy).Statement, []) : contains(flatten([try(statement.Action, ["*"])]), "*")
    ])
    error_message = "policy: a policy document as JSON, whose statements name their actions; \"*\" is refused."
  }
}

variable "trusted_role_arns" {
  description = "Roles that may take this one on besides, such as the controller of External Secrets for a store with a role of its own."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.trusted_role_arns : can(regex("^arn:aws:iam::[0-9]{12}:role/[^*]+$", arn))])
    error_message = "trusted_role_arns: ARNs of roles, without wildcards; whole accounts are not trusted."
  }
}
