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

variable "topology" {
  description = "`instance`: one server, with a standby if `multi_az`. `cluster`: a Multi-AZ DB cluster, a writer and two standbys that can be read."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["instance", "cluster"], var.topology)
    error_message = "topology: instance or cluster."
  }
}

variable "multi_az" {
  description = "Whether an `instance` has a standby in another zone. A `cluster` always has two."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.environment != "production" || var.topology == "cluster" || var.multi_az
    error_message = "multi_az: production needs a standby in another zone (or topology = \"cluster\")."
  }
}

variable "engine_version" {
  description = "Version of MySQL: `8.4` takes the newest minor one and lets RDS go on from there; `8.4.5` stays."
  type        = string
  default     = "8.4"
  nullable    = false

  validation {
    condition     = can(regex("^8\\.4(\\.[0-9]+)?$", var.engine_version))
    error_message = "engine_version: 8.4 or 8.4.N; parameter groups and tests are for 8.4."
  }
}

variable "instance_class" {
  description = "Class of each server, such as `db.t4g.medium`; a `cluster` needs one with a disk of its own, such as `db.m6gd.large`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[ctmr][0-9][a-z]*\\.(micro|small|medium|large|(2|4|8|12|16|24)?xlarge)$", var.instance_class))
    error_message = "instance_class: a class of family c, t, m or r, such as db.t4g.medium or db.m6gd.large; the connection budget is computed from it."
  }

  validation {
    condition     = var.topology != "cluster" || can(regex("^db\\.(c6gd\\.medium$|(c6gd|m5d|m6gd|m6id|m6idn|r5d|r6gd|r6id|r6idn)\\.[0-9]*x?large$)", var.instance_class))
    error_message = "instance_class: a Multi-AZ DB cluster takes classes with a local disk only: c6gd, m5d, m6gd, m6id, m6idn, r5d, r6gd, r6id or r6idn, and none below large but db.c6gd.medium."
  }

  validation {
    condition     = var.environment != "production" || !startswith(var.instance_class, "db.t")
    error_message = "instance_class: production runs on no burstable class (db.t...): when its credits are spent it is as good as down."
  }
}

variable "storage_gib" {
  description = "Storage at first, gp3, in GiB."
  type        = number
  nullable    = false

  validation {
    condition     = var.storage_gib >= 20 && var.storage_gib <= 65536 && floor(var.storage_gib) == var.storage_gib
    error_message = "storage_gib: a whole number from 20 to 65536."
  }
}

variable "storage_max_gib" {
  description = "How far the storage of an `instance` may grow by itself; that of a `cluster` does not."
  type        = number
  nullable    = false

  validation {
    condition     = var.topology == "cluster" || var.storage_max_gib >= ceil(var.storage_gib * 1.26)
    error_message = "storage_max_gib: at least 26 % above storage_gib, the least that RDS takes."
  }
}

variable "max_connections" {
  description = "Connections that the server takes at most. No more than its memory is good for: one for each 12 MiB."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_connections >= 60 && var.max_connections <= local.connections_by_memory
    error_message = "max_connections: from 60 to ${local.connections_by_memory}, what the memory of ${var.instance_class} is good for (bytes / 12582880)."
  }
}

variable "connections_needed" {
  description = "Connections that all pods of all customers open at most: the sum of pods x pool, as the environment computes it from `customers.json`."
  type        = number
  nullable    = false

  validation {
    condition     = var.connections_needed <= local.connection_budget
    error_message = "connections_needed: the customers' pods may open ${var.connections_needed} connections, and the budget is ${local.connection_budget}, 70 % of max_connections (${var.max_connections}). Take a larger instance_class and max_connections, or lower max_pods in customers.json."
  }
}

variable "vpc_id" {
  description = "VPC of the database."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.vpc_id, "vpc-")
    error_message = "vpc_id: the id of a VPC (vpc-...)."
  }
}

variable "subnet_ids" {
  description = "Subnets without a route out; of three zones for a `cluster` and for production, else of two."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) >= (var.topology == "cluster" || var.environment == "production" ? 3 : 2)
    error_message = "subnet_ids: subnets of three zones for a cluster and for production, else of two."
  }
}

variable "client_security_group_id" {
  description = "The one security group whose members may connect: that of the cluster's nodes."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.client_security_group_id, "sg-")
    error_message = "client_security_group_id: the id of a security group (sg-...); addresses are not let in."
  }
}

variable "backup_retention_days" {
  description = "Days back to any second of which the database can be restored."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "backup_retention_days: a whole number from 1 to 35; 0 would turn backups off."
  }

  validation {
    condition     = var.environment != "production" || var.backup_retention_days >= 7
    error_message = "backup_retention_days: production keeps 7 days at least."
  }
}

variable "backup_window" {
  description = "When the daily snapshot is taken, UTC."
  type        = string
  default     = "01:00-02:00"
  nullable    = false

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window))
    error_message = "backup_window: HH:MM-HH:MM in UTC, such as 01:00-02:00."
  }
}

variable "maintenance_window" {
  description = "When RDS may patch and restart, UTC."
  type        = string
  default     = "sun:02:30-sun:03:30"
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window))
    error_message = "maintenance_window: ddd:HH:MM-ddd:HH:MM in UTC, such as sun:02:30-sun:03:30."
  }
}

variable "deletion_protection" {
  description = "Whether RDS refuses to delete the database."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.environment != "production" || var.deletion_protection
    error_message = "deletion_protection: production does not go without."
  }
}

variable "performance_insights" {
  description = "Whether RDS keeps seven days of what each statement waited for (no charge)."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !var.performance_insights || !can(regex("^db\\.t[0-9]g?\\.(micro|small)$", var.instance_class))
    error_message = "performance_insights: not to be had for micro and small classes of MySQL; set it to false."
  }
}

variable "ca_cert_identifier" {
  description = "Authority that signs the server's certificate. `make rds-ca` fetches all of RDS's for the clients."
  type        = string
  default     = "rds-ca-rsa2048-g1"
  nullable    = false

  validation {
    condition     = contains(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"], var.ca_cert_identifier)
    error_message = "ca_cert_identifier: rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 or rds-ca-ecc384-g1."
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
