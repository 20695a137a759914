# What customers and the cluster's own controllers need from AWS: secrets, roles, certificates, names.
# This file is the same in every environment; what differs is in terraform.tfvars (a test compares them).

locals {
  name = "toolcrib-${var.environment}"
}

module "customers" {
  source = "../../../modules/customers"

  file      = "${path.root}/../customers.json"
  zone_name = var.zone_name
}

module "secrets_key" {
  source = "../../../modules/key"

  name        = "${local.name}-secrets"
  description = "Secrets of the customers of ${local.name}"
  account_id  = var.account_id
}

module "customer" {
  source   = "../../../modules/customer"
  for_each = module.customers.customers

  customer                 = each.key
  environment              = var.environment
  account_id               = var.account_id
  region                   = var.region
  cluster_name             = var.cluster_name
  mysql_host               = var.mysql_host
  export_bucket            = var.export_bucket
  export_key_arn           = var.export_key_arn
  secrets_key_arn          = module.secrets_key.arn
  secret_recovery_days     = var.secret_recovery_days
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "dns" {
  source = "../../../modules/dns"

  name                     = local.name
  account_id               = var.account_id
  region                   = var.region
  cluster_name             = var.cluster_name
  zone_id                  = var.zone_id
  zone_name                = var.zone_name
  hosts                    = module.customers.hosts
  alarm_topic_arn          = var.alarm_topic_arn
  permissions_boundary_arn = var.permissions_boundary_arn
}

module "controllers" {
  source = "../../../modules/controllers"

  name                     = local.name
  environment              = var.environment
  account_id               = var.account_id
  region                   = var.region
  cluster_name             = var.cluster_name
  mysql_admin_secret_arn   = var.mysql_admin_secret_arn
  database_key_arn         = var.database_key_arn
  secrets_key_arn          = module.secrets_key.arn
  permissions_boundary_arn = var.permissions_boundary_arn
}
