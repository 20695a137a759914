# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name                     = "toolcrib-staging"
  environment              = "staging"
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cidr                     = "10.20.0.0/16"
  zones                    = ["eu-central-1a", "eu-central-1b"]
  nat                      = "single"
  log_retention_days       = 30
  logs_key_arn             = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn          = "arn:aws:sns:eu-central-1:123456789012:toolcrib-staging-alarms"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
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
    logs_key_arn             = "alias/logs"
    alarm_topic_arn          = "alarms"
    permissions_boundary_arn = ""
  }

  expect_failures = [var.name, var.account_id, var.region, var.logs_key_arn, var.alarm_topic_arn, var.permissions_boundary_arn]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_a_network_of_another_size" {
  command = plan

  variables {
    cidr = "10.20.0.0/20"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_network_with_host_bits" {
  command = plan

  variables {
    cidr = "10.20.3.0/16"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_public_network" {
  command = plan

  variables {
    cidr = "8.8.0.0/16"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_zone_of_another_region" {
  command = plan

  variables {
    zones = ["eu-central-1a", "eu-west-1b"]
  }

  expect_failures = [var.zones]
}

run "refuses_the_same_zone_twice" {
  command = plan

  variables {
    zones = ["eu-central-1a", "eu-central-1a"]
  }

  expect_failures = [var.zones]
}

run "refuses_one_zone" {
  command = plan

  variables {
    zones = ["eu-central-1a"]
  }

  expect_failures = [var.zones]
}

run "production_refuses_two_zones" {
  command = plan

  variables {
    environment        = "production"
    nat                = "per_zone"
    log_retention_days = 365
  }

  expect_failures = [var.zones]
}

run "production_refuses_one_zone" {
  command = plan

  variables {
    environment        = "production"
    nat                = "per_zone"
    log_retention_days = 365
    zones              = ["eu-central-1a"]
  }

  expect_failures = [var.zones]
}

run "refuses_an_unknown_nat" {
  command = plan

  variables {
    nat = "none"
  }

  expect_failures = [var.nat]
}

run "production_refuses_a_single_nat" {
  command = plan

  variables {
    environment        = "production"
    log_retention_days = 365
    zones              = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  }

  expect_failures = [var.nat]
}

run "refuses_a_retention_that_cloudwatch_does_not_know" {
  command = plan

  variables {
    log_retention_days = 45
  }

  expect_failures = [var.log_retention_days]
}

run "production_refuses_logs_of_a_month" {
  command = plan

  variables {
    environment = "production"
    nat         = "per_zone"
    zones       = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  }

  expect_failures = [var.log_retention_days]
}
