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

variable "kubernetes_version" {
  description = "Minor version of Kubernetes. One step at a time: docs/operations/aws.md, Upgrades."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.(3[2-9]|[4-9][0-9])$", var.kubernetes_version))
    error_message = "kubernetes_version: major and minor, 1.32 or later, such as \"1.34\"."
  }
}

variable "subnet_ids" {
  description = "Private subnets, of two zones at least."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) >= (var.environment == "production" ? 3 : 2)
    error_message = "subnet_ids: subnets of two zones at least, in production of three."
  }
}

variable "service_cidr" {
  description = "Addresses of Kubernetes Services. They may overlap with no network that pods have to reach."
  type        = string
  default     = "172.20.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.service_cidr)) && try(tonumber(split("/", var.service_cidr)[1]) >= 12 && tonumber(split("/", var.service_cidr)[1]) <= 24, false)
    error_message = "service_cidr: an IPv4 network of size /12 to /24, such as 172.20.0.0/16."
  }
}

variable "public_access_cidrs" {
  description = "Networks that may reach the API server over the internet. None: only the VPC and what is joined to it."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.public_access_cidrs : can(cidrnetmask(cidr)) && try(tonumber(split("/", cidr)[1]) >= 20, false)])
    error_message = "public_access_cidrs: IPv4 networks of size /20 or smaller, such as 203.0.113.0/24. 0.0.0.0/0 would open the API server to everybody."
  }

  validation {
    condition     = var.environment != "production" || length(var.public_access_cidrs) == 0
    error_message = "public_access_cidrs: production has a private endpoint only; leave the list empty and come through the VPC."
  }
}

variable "access_entries" {
  description = "Who may do what in the cluster: an IAM role, Kubernetes groups for it, and access policies of EKS, each for the whole cluster or for the namespaces named."
  type = map(object({
    principal_arn = string
    groups        = optional(set(string), [])
    policies = optional(map(object({
      namespaces = optional(set(string), [])
    })), {})
  }))
  nullable = false

  validation {
    condition     = alltrue([for access in var.access_entries : can(regex("^arn:aws:iam::[0-9]{12}:role/", access.principal_arn))])
    error_message = "access_entries: principal_arn is the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME). Users and the root user get no access: their keys live too long."
  }

  validation {
    condition     = alltrue(flatten([for access in var.access_entries : [for group in access.groups : startswith(group, "toolcrib:")]]))
    error_message = "access_entries: groups begin with toolcrib: (EKS refuses system:, and others belong to somebody else)."
  }

  validation {
    condition = alltrue(flatten([for access in var.access_entries : [
      for policy in keys(access.policies) : contains(["AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSEditPolicy", "AmazonEKSViewPolicy"], policy)
    ]]))
    error_message = "access_entries: policies are AmazonEKSClusterAdminPolicy, AmazonEKSAdminPolicy, AmazonEKSAdminViewPolicy, AmazonEKSEditPolicy or AmazonEKSViewPolicy."
  }

  validation {
    condition     = alltrue([for access in var.access_entries : length(access.groups) + length(access.policies) > 0])
    error_message = "access_entries: an entry without groups and without policies may do nothing; give it one or leave it out."
  }

  validation {
    condition     = anytrue([for access in var.access_entries : contains(keys(access.policies), "AmazonEKSClusterAdminPolicy")])
    error_message = "access_entries: somebody needs AmazonEKSClusterAdminPolicy. Whoever creates the cluster does not get it, so nobody else could put anything right."
  }
}

variable "addons" {
  description = "Managed add-ons by name, with their version; without one EKS takes its default for this Kubernetes. What Auto Mode runs itself (vpc-cni, kube-proxy, coredns, aws-ebs-csi-driver, eks-pod-identity-agent) has no place here."
  type = map(object({
    version = optional(string)
  }))
  default  = { metrics-server = {} }
  nullable = false

  validation {
    condition     = length(setintersection(keys(var.addons), ["vpc-cni", "kube-proxy", "coredns", "aws-ebs-csi-driver", "eks-pod-identity-agent"])) == 0
    error_message = "addons: vpc-cni, kube-proxy, coredns, aws-ebs-csi-driver and eks-pod-identity-agent are run by Auto Mode; a second one would fight with it."
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
