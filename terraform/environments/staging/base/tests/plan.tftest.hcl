# Layer base of staging. Planned by the real provider, without network and without an account.

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
  deploy_role_arn          = "arn:aws:iam::123456789012:role/toolcrib-ci-staging-deploy"
  log_bucket               = "toolcrib-123456789012-access-logs"
  administrators           = { sso = "arn:aws:iam::123456789012:role/admin" }
  alarm_emails             = ["oncall@example.com"]
  zone_name                = "staging.parcellab.com"
}

run "staging_plans_with_its_own_settings" {
  command = plan

  assert {
    condition     = var.environment == "staging" && length(var.zones) == 3
    error_message = "staging is not staging, or not in three zones"
  }

  assert {
    condition     = output.connections.budget == 224 && output.connections.needed == 180
    error_message = "the connection budget is another: look at docs/operations/aws.md, which tells it"
  }

  assert {
    condition     = output.mysql_admin_user == "toolcrib_admin" && output.cluster_name == "toolcrib-staging"
    error_message = "names are others"
  }

  assert {
    condition     = output.database_cidrs == ["10.20.208.0/24", "10.20.209.0/24", "10.20.210.0/24"] && output.alb_cidrs == ["10.20.192.0/24", "10.20.193.0/24", "10.20.194.0/24"]
    error_message = "addresses are others"
  }
}
