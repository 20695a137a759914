# Every validation refuses what it is there for. With the real provider and no network: mocks know no ephemeral resources.

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
  customer                 = "a"
  environment              = "staging"
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cluster_name             = "toolcrib-staging"
  mysql_host               = "db.example"
  export_bucket            = "toolcrib-staging-exports-123456789012"
  export_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  secrets_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  secret_recovery_days     = 7
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
}

run "good_values_pass" {
  command = plan
}

run "refuses_what_is_no_name_number_or_arn" {
  command = plan

  variables {
    account_id               = "12345678901"
    region                   = "cn-north-1"
    cluster_name             = "my cluster"
    permissions_boundary_arn = ""
  }

  expect_failures = [var.account_id, var.region, var.cluster_name, var.permissions_boundary_arn]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_a_customer_with_capitals" {
  command = plan

  variables {
    customer = "A"
  }

  expect_failures = [var.customer]
}

run "refuses_a_customer_whose_user_mysql_would_not_take" {
  command = plan

  variables {
    customer = "a23456789012345678901bc"
  }

  expect_failures = [var.customer]
}

run "refuses_a_host_with_a_port" {
  command = plan

  variables {
    mysql_host = "db.example:3306"
  }

  expect_failures = [var.mysql_host]
}

run "refuses_any_bucket" {
  command = plan

  variables {
    export_bucket = "*"
  }

  expect_failures = [var.export_bucket]
}

run "refuses_any_key_for_exports" {
  command = plan

  variables {
    export_key_arn = "*"
  }

  expect_failures = [var.export_key_arn]
}

run "refuses_an_alias_for_secrets" {
  command = plan

  variables {
    secrets_key_arn = "alias/secrets"
  }

  expect_failures = [var.secrets_key_arn]
}

run "refuses_to_forget_a_secret_at_once" {
  command = plan

  variables {
    secret_recovery_days = 0
  }

  expect_failures = [var.secret_recovery_days]
}

run "refuses_a_secret_version_of_nothing" {
  command = plan

  variables {
    secret_version = 0
  }

  expect_failures = [var.secret_version]
}
