# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name                     = "toolcrib-staging"
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cluster_name             = "toolcrib-staging"
  zone_id                  = "Z0123456789ABCDEFGHIJ"
  zone_name                = "staging.parcellab.com"
  hosts                    = { a = "customer-a.staging.parcellab.com" }
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
    cluster_name             = "my cluster"
    alarm_topic_arn          = "alarms"
    permissions_boundary_arn = ""
  }

  expect_failures = [var.name, var.account_id, var.region, var.cluster_name, var.alarm_topic_arn, var.permissions_boundary_arn]
}

run "refuses_a_zone_by_its_name" {
  command = plan

  variables {
    zone_id = "staging.parcellab.com"
  }

  expect_failures = [var.zone_id]
}

run "refuses_a_zone_with_a_dot_at_the_end" {
  command = plan

  variables {
    zone_name = "staging.parcellab.com."
  }

  expect_failures = [var.zone_name]
}

run "refuses_a_wildcard_as_host" {
  command = plan

  variables {
    hosts = { a = "*.staging.parcellab.com" }
  }

  expect_failures = [var.hosts]
}

run "refuses_a_host_of_another_zone" {
  command = plan

  variables {
    hosts = { a = "customer-a.parcellab.com" }
  }

  expect_failures = [var.hosts]
}

run "refuses_a_host_that_only_ends_alike" {
  command = plan

  variables {
    hosts = { a = "evilstaging.parcellab.com" }
  }

  expect_failures = [var.hosts]
}

run "refuses_one_host_for_two" {
  command = plan

  variables {
    hosts = { a = "x.staging.parcellab.com", b = "x.staging.parcellab.com" }
  }

  expect_failures = [var.hosts]
}

run "refuses_a_host_that_no_certificate_takes" {
  command = plan

  variables {
    hosts = { a = "a23456789012345678901234567890123456789012.staging.parcellab.com" }
  }

  expect_failures = [var.hosts]
}

run "refuses_a_version_in_words" {
  command = plan

  variables {
    external_dns_version = "latest"
  }

  expect_failures = [var.external_dns_version]
}
