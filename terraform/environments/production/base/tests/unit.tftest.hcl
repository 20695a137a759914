# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id               = "123456789012"
  region                   = "eu-central-1"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
  zone_name                = "parcellab.com"
  deploy_role_arn          = "arn:aws:iam::123456789012:role/toolcrib-ci-x-deploy"
  log_bucket               = "toolcrib-123456789012-access-logs"
  administrators           = { sso = "arn:aws:iam::123456789012:role/admin" }
  alarm_emails             = ["oncall@example.com"]
}

run "good_values_pass" {
  command = plan
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_to_be_the_other_environment" {
  command = plan

  variables {
    environment = "staging"
  }

  expect_failures = [var.environment]
}

run "refuses_the_account_of_the_example" {
  command = plan

  variables {
    account_id = "000000000000"
  }

  expect_failures = [var.account_id]
}

run "refuses_a_region_of_another_partition" {
  command = plan

  variables {
    region = "cn-north-1"
  }

  expect_failures = [var.region]
}

run "refuses_a_cluster_without_administrators" {
  command = plan

  variables {
    administrators = {}
  }

  expect_failures = [var.administrators]
}

run "refuses_alarms_that_nobody_gets" {
  command = plan

  variables {
    alarm_emails = []
  }

  expect_failures = [var.alarm_emails]
}
