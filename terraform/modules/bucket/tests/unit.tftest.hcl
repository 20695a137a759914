# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name       = "toolcrib-123456789012-state"
  account_id = "123456789012"
  key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  log_bucket = "toolcrib-123456789012-access-logs"
}

run "good_values_pass" {
  command = plan
}

run "refuses_an_account_of_11_digits" {
  command = plan

  variables {
    account_id = "12345678901"
  }

  expect_failures = [var.account_id]
}

run "refuses_a_name_that_anybody_may_have" {
  command = plan

  variables {
    name = "toolcrib-state"
  }

  expect_failures = [var.name]
}

run "refuses_an_alias_as_key" {
  command = plan

  variables {
    key_arn = "alias/state"
  }

  expect_failures = [var.key_arn]
}

run "refuses_to_go_without_a_key" {
  command = plan

  variables {
    key_arn = null
  }

  expect_failures = [var.key_arn]
}

run "refuses_a_key_where_logs_are_delivered" {
  command = plan

  variables {
    takes_logs = true
    log_bucket = null
  }

  expect_failures = [var.key_arn]
}

run "refuses_to_go_without_an_access_log" {
  command = plan

  variables {
    log_bucket = null
  }

  expect_failures = [var.log_bucket]
}

run "refuses_to_forget_old_versions_at_once" {
  command = plan

  variables {
    old_versions_days = 1
  }

  expect_failures = [var.old_versions_days]
}

run "refuses_objects_that_go_in_a_week" {
  command = plan

  variables {
    expire_days = 7
  }

  expect_failures = [var.expire_days]
}
