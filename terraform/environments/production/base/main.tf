# What everything else stands on: network, cluster, database, the bucket of exports, and where alarms go.
# This file is the same in every environment; what differs is in terraform.tfvars (a test compares them).

locals {
  name = "toolcrib-${var.environment}"
}

module "customers" {
  source = "../../../modules/customers"

  file      = "${path.root}/../customers.json"
  zone_name = var.zone_name
}

module "logs_key" {
  source = "../../../modules/key"

  name        = "${local.name}-logs"
  description = "Log groups of ${local.name}"
  account_id  = var.account_id

  services = {
    logs = {
      principal = "logs.${var.region}.amazonaws.com"
      actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      conditions = [{
        test     = "ArnLike"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:*"]
      }]
    }
  }
}

module "alarms" {
  source = "../../../modules/alarms"

  name       = local.name
  account_id = var.account_id
  region     = var.region
  emails     = var.alarm_emails
}

module "network" {
  source = "../../../modules/network"

  name                     = local.name
  environment              = var.environment
  account_id               = var.account_id
  region                   = var.region
  cidr                     = var.cidr
  zones                    = var.zones
  nat                      = var.nat
  log_retention_days       = var.log_retention_days
  logs_key_arn             = module.logs_key.arn
  alarm_topic_arn          = module.alarms.topic_arn
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "cluster" {
  source = "../../../modules/cluster"

  name                     = local.name
  environment              = var.environment
  account_id               = var.account_id
  kubernetes_version       = var.kubernetes_version
  subnet_ids               = values(module.network.private_subnet_ids)
  public_access_cidrs      = var.public_access_cidrs
  log_retention_days       = var.log_retention_days
  logs_key_arn             = module.logs_key.arn
  alarm_topic_arn          = module.alarms.topic_arn
  permissions_boundary_arn = var.permissions_boundary_arn

  access_entries = merge(
    { for name, arn in var.administrators : name => { principal_arn = arn, policies = { AmazonEKSClusterAdminPolicy = {} } } },
    { deploy = { principal_arn = var.deploy_role_arn, groups = ["toolcrib:deployers"] } },
  )
}

module "database" {
  source = "../../../modules/database"

  name                     = local.name
  environment              = var.environment
  account_id               = var.account_id
  topology                 = var.database.topology
  multi_az                 = var.database.multi_az
  engine_version           = var.database.engine_version
  instance_class           = var.database.instance_class
  storage_gib              = var.database.storage_gib
  storage_max_gib          = var.database.storage_max_gib
  max_connections          = var.database.max_connections
  connections_needed       = module.customers.connections_needed
  backup_retention_days    = var.database.backup_retention_days
  deletion_protection      = var.database.deletion_protection
  vpc_id                   = module.network.vpc_id
  subnet_ids               = values(module.network.database_subnet_ids)
  client_security_group_id = module.cluster.node_security_group_id
  log_retention_days       = var.log_retention_days
  logs_key_arn             = module.logs_key.arn
  alarm_topic_arn          = module.alarms.topic_arn
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "exports_key" {
  source = "../../../modules/key"

  name        = "${local.name}-exports"
  description = "Exports of the customers of ${local.name}"
  account_id  = var.account_id
}

module "exports" {
  source = "../../../modules/bucket"

  name       = "${local.name}-exports-${var.account_id}"
  account_id = var.account_id
  key_arn    = module.exports_key.arn
  log_bucket = var.log_bucket
}
