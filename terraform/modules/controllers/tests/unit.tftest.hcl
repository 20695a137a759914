# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  name                     = "toolcrib-staging"
  environment              = "staging"
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cluster_name             = "toolcrib-staging"
  mysql_admin_secret_arn   = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1-AbCdEf"
  database_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  secrets_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/66666666-7777-8888-9999-000000000000"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
}

override_resource {
  target = module.external_secrets.aws_iam_role.this
  values = { arn = "arn:aws:iam::123456789012:role/toolcrib-staging-external-secrets" }
}

run "good_values_pass" {
  command = plan
}

run "refuses_what_is_no_name_number_or_arn" {
  command = plan

  variables {
    name                     = "Toolcrib"
    account_id               = "12345678901"
    region                   = "cn-north-1"
    cluster_name             = "my cluster"
    secrets_key_arn          = "alias/secrets"
    permissions_boundary_arn = ""
  }

  expect_failures = [var.name, var.account_id, var.region, var.cluster_name, var.secrets_key_arn, var.permissions_boundary_arn]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_every_secret_as_the_administrators" {
  command = plan

  variables {
    mysql_admin_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:*"
  }

  expect_failures = [var.mysql_admin_secret_arn]
}

run "refuses_an_alias_as_the_databases_key" {
  command = plan

  variables {
    database_key_arn = "alias/database"
  }

  expect_failures = [var.database_key_arn]
}
