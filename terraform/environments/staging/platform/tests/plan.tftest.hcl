# Layer platform of staging. Planned by the real provider, without network and without an account.

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
  zone_id                  = "Z0123456789ABCDEFGHIJ"
  zone_name                = "staging.parcellab.com"
  cluster_name             = "toolcrib-staging"
  mysql_host               = "db.example"
  mysql_admin_secret_arn   = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1-AbCdEf"
  database_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  export_bucket            = "toolcrib-staging-exports-123456789012"
  export_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn          = "arn:aws:sns:eu-central-1:123456789012:toolcrib-staging-alarms"
}

override_resource {
  target          = module.secrets_key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/66666666-7777-8888-9999-000000000000" }
}

# Otherwise known only after apply, and with it the trust policy that names it.
override_resource {
  target          = module.controllers.module.external_secrets.aws_iam_role.this
  override_during = plan
  values          = { arn = "arn:aws:iam::123456789012:role/toolcrib-staging-external-secrets" }
}

run "staging_plans_a_b_and_c" {
  command = plan

  assert {
    condition     = join(",", keys(output.customers)) == "a,b,c"
    error_message = "the customers are others"
  }

  assert {
    condition     = alltrue([for name, customer in output.customers : customer.namespace == "customer-${name}" && customer.host == "customer-${name}.staging.parcellab.com" && customer.database == "customer_${name}" && customer.secret == "toolcrib/staging/customer-${name}/hardware"])
    error_message = "a customer has other names"
  }
}
