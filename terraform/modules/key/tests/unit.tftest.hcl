# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name        = "toolcrib-staging-logs"
  description = "Logs"
  account_id  = "123456789012"
}

run "good_values_pass" {
  command = plan
}

run "refuses_an_alias_as_name" {
  command = plan

  variables {
    name = "alias/Logs"
  }

  expect_failures = [var.name]
}

run "refuses_an_account_of_11_digits" {
  command = plan

  variables {
    account_id = "12345678901"
  }

  expect_failures = [var.account_id]
}

run "refuses_a_service_without_a_condition" {
  command = plan

  variables {
    services = { logs = { principal = "logs.eu-central-1.amazonaws.com", actions = ["kms:Decrypt"], conditions = [] } }
  }

  expect_failures = [var.services]
}

run "refuses_a_service_that_may_do_everything" {
  command = plan

  variables {
    services = { logs = { principal = "logs.eu-central-1.amazonaws.com", actions = ["kms:*"], conditions = [{ test = "StringEquals", variable = "aws:SourceAccount", values = ["123456789012"] }] } }
  }

  expect_failures = [var.services]
}
