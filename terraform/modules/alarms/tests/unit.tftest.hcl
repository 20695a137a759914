# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name       = "toolcrib-staging"
  account_id = "123456789012"
  region     = "eu-central-1"
  emails     = ["oncall@example.com"]
}

run "good_values_pass" {
  command = plan
}

run "refuses_what_is_no_name_number_or_arn" {
  command = plan

  variables {
    name       = "Toolcrib"
    account_id = "12345678901"
    region     = "cn-north-1"
  }

  expect_failures = [var.name, var.account_id, var.region]
}

run "refuses_an_address_without_a_domain" {
  command = plan

  variables {
    emails = ["oncall"]
  }

  expect_failures = [var.emails]
}
