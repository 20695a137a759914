# Layer base of production. Planned by the real provider, without network and without an account.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  account_id               = "123456789012"
  region                   = "eu-central-1"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
  deploy_role_arn          = "arn:aws:iam::123456789012:role/toolcrib-ci-production-deploy"
  log_bucket               = "toolcrib-123456789012-access-logs"
  administrators           = { sso = "arn:aws:iam::123456789012:role/admin" }
  alarm_emails             = ["oncall@example.com"]
  zone_name                = "parcellab.com"
}

# Known only after apply otherwise, and with them the policies that name them: tests/audit.py judges every one.
override_resource {
  target          = module.logs_key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000001-2222-3333-4444-555555555555" }
}

override_resource {
  target          = module.exports_key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000002-2222-3333-4444-555555555555" }
}

override_resource {
  target          = module.alarms.module.key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000003-2222-3333-4444-555555555555" }
}

override_resource {
  target          = module.cluster.module.key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000004-2222-3333-4444-555555555555" }
}

override_resource {
  target          = module.database.module.key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000005-2222-3333-4444-555555555555" }
}

run "production_plans_with_its_own_settings" {
  command = plan

  assert {
    condition     = var.environment == "production" && length(var.zones) == 3
    error_message = "production is not production, or not in three zones"
  }

  assert {
    condition     = output.connections.budget == 448 && output.connections.needed == 216
    error_message = "the connection budget is another: look at docs/operations/aws.md, which tells it"
  }

  assert {
    condition     = output.mysql_admin_user == "toolcrib_admin" && output.cluster_name == "toolcrib-production"
    error_message = "names are others"
  }

  assert {
    condition     = output.database_cidrs == ["10.30.208.0/24", "10.30.209.0/24", "10.30.210.0/24"] && output.alb_cidrs == ["10.30.192.0/24", "10.30.193.0/24", "10.30.194.0/24"]
    error_message = "addresses are others"
  }
}

run "production_is_protected" {
  command = plan

  assert {
    condition     = var.database.topology == "cluster" || var.database.multi_az
    error_message = "production has no standby"
  }

  assert {
    condition     = var.database.deletion_protection && var.database.backup_retention_days >= 7
    error_message = "production can be deleted, or keeps too few backups"
  }

  assert {
    condition     = length(var.public_access_cidrs) == 0 && var.nat == "per_zone" && var.log_retention_days >= 365
    error_message = "production has a public endpoint, one way out for all zones, or forgets its logs"
  }
}
