# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name                     = "toolcrib-staging-external-secrets"
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cluster_name             = "toolcrib-staging"
  namespace                = "external-secrets"
  service_account          = "external-secrets"
  policy                   = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
}

run "good_values_pass" {
  command = plan
}

run "refuses_what_is_no_name_number_or_arn" {
  command = plan

  variables {
    account_id               = "12345678901"
    cluster_name             = "my cluster"
    permissions_boundary_arn = ""
  }

  expect_failures = [var.account_id, var.cluster_name, var.permissions_boundary_arn]
}

run "refuses_a_name_that_ci_may_not_touch" {
  command = plan

  variables {
    name = "external-secrets"
  }

  expect_failures = [var.name]
}

run "refuses_a_region_that_is_none" {
  command = plan

  variables {
    region = "Frankfurt"
  }

  expect_failures = [var.region]
}

run "refuses_all_namespaces" {
  command = plan

  variables {
    namespace = "*"
  }

  expect_failures = [var.namespace]
}

run "refuses_all_service_accounts" {
  command = plan

  variables {
    service_account = "*"
  }

  expect_failures = [var.service_account]
}

run "refuses_a_whole_account_as_trusted" {
  command = plan

  variables {
    trusted_role_arns = ["arn:aws:iam::123456789012:root"]
  }

  expect_failures = [var.trusted_role_arns]
}

run "refuses_a_policy_that_is_no_json" {
  command = plan

  variables {
    policy = "everything"
  }

  expect_failures = [var.policy]
}

run "refuses_every_action" {
  command = plan

  variables {
    policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"*\"],\"Resource\":\"*\"}]}"
  }

  expect_failures = [var.policy]
}
