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
  kubernetes_version       = "1.34"
  subnet_ids               = ["subnet-a", "subnet-b"]
  access_entries           = { sso = { principal_arn = "arn:aws:iam::123456789012:role/admin", policies = { AmazonEKSClusterAdminPolicy = {} } } }
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
    logs_key_arn             = "alias/logs"
    alarm_topic_arn          = "alarms"
    permissions_boundary_arn = ""
  }

  expect_failures = [var.name, var.account_id, var.logs_key_arn, var.alarm_topic_arn, var.permissions_boundary_arn]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}

run "refuses_an_old_kubernetes" {
  command = plan

  variables {
    kubernetes_version = "1.31"
  }

  expect_failures = [var.kubernetes_version]
}

run "refuses_a_patch_version" {
  command = plan

  variables {
    kubernetes_version = "1.34.1"
  }

  expect_failures = [var.kubernetes_version]
}

run "refuses_subnets_of_one_zone" {
  command = plan

  variables {
    subnet_ids = ["subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "production_refuses_subnets_of_two_zones" {
  command = plan

  variables {
    environment        = "production"
    log_retention_days = 365
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_services_that_are_no_network" {
  command = plan

  variables {
    service_cidr = "172.20.0.0"
  }

  expect_failures = [var.service_cidr]
}

run "refuses_services_with_too_few_addresses" {
  command = plan

  variables {
    service_cidr = "172.20.0.0/28"
  }

  expect_failures = [var.service_cidr]
}

run "refuses_an_endpoint_open_to_everybody" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "refuses_an_endpoint_open_to_half_the_internet" {
  command = plan

  variables {
    public_access_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "refuses_an_address_without_a_size" {
  command = plan

  variables {
    public_access_cidrs = ["203.0.113.7"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "production_refuses_any_public_endpoint" {
  command = plan

  variables {
    environment         = "production"
    log_retention_days  = 365
    subnet_ids          = ["subnet-a", "subnet-b", "subnet-c"]
    public_access_cidrs = ["203.0.113.0/24"]
  }

  expect_failures = [var.public_access_cidrs]
}

run "refuses_a_user_as_administrator" {
  command = plan

  variables {
    access_entries = { sso = { principal_arn = "arn:aws:iam::123456789012:role/admin", policies = { AmazonEKSClusterAdminPolicy = {} } }, ada = { principal_arn = "arn:aws:iam::123456789012:user/ada", policies = { AmazonEKSViewPolicy = {} } } }
  }

  expect_failures = [var.access_entries]
}

run "refuses_groups_of_kubernetes_itself" {
  command = plan

  variables {
    access_entries = { sso = { principal_arn = "arn:aws:iam::123456789012:role/admin", policies = { AmazonEKSClusterAdminPolicy = {} } }, ci = { principal_arn = "arn:aws:iam::123456789012:role/ci", groups = ["system:masters"] } }
  }

  expect_failures = [var.access_entries]
}

run "refuses_an_unknown_access_policy" {
  command = plan

  variables {
    access_entries = { sso = { principal_arn = "arn:aws:iam::123456789012:role/admin", policies = { AmazonEKSClusterAdminPolicy = {} } }, ci = { principal_arn = "arn:aws:iam::123456789012:role/ci", policies = { AdministratorAccess = {} } } }
  }

  expect_failures = [var.access_entries]
}

run "refuses_an_entry_that_gives_nothing" {
  command = plan

  variables {
    access_entries = { sso = { principal_arn = "arn:aws:iam::123456789012:role/admin", policies = { AmazonEKSClusterAdminPolicy = {} } }, ci = { principal_arn = "arn:aws:iam::123456789012:role/ci" } }
  }

  expect_failures = [var.access_entries]
}

run "refuses_a_cluster_without_administrators" {
  command = plan

  variables {
    access_entries = { ci = { principal_arn = "arn:aws:iam::123456789012:role/ci", groups = ["toolcrib:deployers"] } }
  }

  expect_failures = [var.access_entries]
}

run "refuses_an_add_on_that_auto_mode_runs" {
  command = plan

  variables {
    addons = { vpc-cni = {} }
  }

  expect_failures = [var.addons]
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
    subnet_ids  = ["subnet-a", "subnet-b", "subnet-c"]
  }

  expect_failures = [var.log_retention_days]
}
