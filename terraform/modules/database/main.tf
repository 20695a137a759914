# MySQL 8.4, as one instance (with or without a standby in another zone) or as a Multi-AZ cluster with two standbys that can
# be read. Which one and why: ADR 29. Read replicas and blue/green deployments are not offered: RDS refuses both while it
# manages the administrator's password.

locals {
  cluster = var.topology == "cluster"

  admin = "toolcrib_admin"

  # What the nodes of a Multi-AZ cluster are called is RDS's rule, and alarms need the names before they exist.
  instances = local.cluster ? toset(["${var.name}-instance-1", "${var.name}-instance-2", "${var.name}-instance-3"]) : toset([var.name])

  logs = toset(["error", "slowquery"])

  # Only what differs from RDS's defaults; those already have every commit written through (innodb_flush_log_at_trx_commit,
  # sync_binlog).
  parameters = {
    max_connections = tostring(var.max_connections)
    # One statement may take 15 s (hardware's own limit); what takes over 1 s is worth a line.
    slow_query_log  = "1"
    long_query_time = "1"
    log_output      = "FILE"
    # Names and text in every script, and compared as hardware's migrations say.
    character_set_server = "utf8mb4"
    collation_server     = "utf8mb4_0900_ai_ci"
    # Never read a file of a client's.
    local_infile = "0"
  }
}

module "key" {
  source = "../key"

  name        = "${var.name}-database"
  description = "Storage, snapshots, insights and the administrator's password of database ${var.name}"
  account_id  = var.account_id
}

resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Subnets without a route out of the VPC"
  subnet_ids  = var.subnet_ids
}

resource "aws_security_group" "this" {
  name_prefix = "${var.name}-database-"
  description = "MySQL of ${var.name}: in from the cluster's nodes, out to nobody"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-database" }

  lifecycle {
    create_before_destroy = true
  }
}

# The one way in. There is no rule for the way out, and the group has none by itself.
resource "aws_vpc_security_group_ingress_rule" "mysql" {
  security_group_id            = aws_security_group.this.id
  description                  = "MySQL from the nodes of the cluster"
  ip_protocol                  = "tcp"
  from_port                    = 3306
  to_port                      = 3306
  referenced_security_group_id = var.client_security_group_id

  tags = { Name = "${var.name}-mysql-from-nodes" }
}

# Made before the database. Otherwise RDS makes them, without encryption and kept for ever.
resource "aws_cloudwatch_log_group" "this" {
  for_each = local.logs

  name              = "/aws/rds/${local.cluster ? "cluster" : "instance"}/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.logs_key_arn
}
