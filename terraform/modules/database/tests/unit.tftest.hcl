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
  topology                 = "instance"
  multi_az                 = false
  instance_class           = "db.t4g.medium"
  storage_gib              = 20
  storage_max_gib          = 100
  max_connections          = 320
  connections_needed       = 180
  vpc_id                   = "vpc-1"
  subnet_ids               = ["subnet-a", "subnet-b"]
  client_security_group_id = "sg-nodes"
  backup_retention_days    = 7
  deletion_protection      = false
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

run "refuses_an_unknown_topology" {
  command = plan

  variables {
    topology = "replica"
  }

  expect_failures = [var.topology]
}

run "production_refuses_a_single_zone" {
  command = plan

  variables {
    environment         = "production"
    topology            = "instance"
    multi_az            = false
    instance_class      = "db.m6gd.large"
    deletion_protection = true
    log_retention_days  = 365
    subnet_ids          = ["subnet-a", "subnet-b", "subnet-c"]
  }

  expect_failures = [var.multi_az]
}

run "refuses_another_mysql" {
  command = plan

  variables {
    engine_version = "8.0.40"
  }

  expect_failures = [var.engine_version]
}

run "refuses_a_class_of_unknown_memory" {
  command = plan

  variables {
    instance_class = "db.x2iedn.xlarge"
  }

  expect_failures = [var.instance_class]
}

run "refuses_a_cluster_on_a_class_without_a_disk" {
  command = plan

  variables {
    topology       = "cluster"
    instance_class = "db.m7g.large"
    subnet_ids     = ["subnet-a", "subnet-b", "subnet-c"]
  }

  expect_failures = [var.instance_class]
}

run "production_refuses_a_burstable_class" {
  command = plan

  variables {
    environment         = "production"
    topology            = "instance"
    multi_az            = true
    instance_class      = "db.t4g.large"
    deletion_protection = true
    log_retention_days  = 365
    subnet_ids          = ["subnet-a", "subnet-b", "subnet-c"]
  }

  expect_failures = [var.instance_class]
}

run "refuses_too_little_storage" {
  command = plan

  variables {
    storage_gib = 19
  }

  expect_failures = [var.storage_gib]
}

run "refuses_storage_that_cannot_grow" {
  command = plan

  variables {
    storage_max_gib = 20
  }

  expect_failures = [var.storage_max_gib]
}

run "refuses_more_connections_than_memory_is_good_for" {
  command = plan

  variables {
    max_connections = 342
  }

  expect_failures = [var.max_connections]
}

run "refuses_too_few_connections" {
  command = plan

  variables {
    max_connections    = 59
    connections_needed = 20
  }

  expect_failures = [var.max_connections]
}

run "refuses_pods_that_may_open_too_many_connections" {
  command = plan

  variables {
    connections_needed = 225
  }

  expect_failures = [var.connections_needed]
}

run "refuses_a_vpc_that_is_none" {
  command = plan

  variables {
    vpc_id = "10.20.0.0/16"
  }

  expect_failures = [var.vpc_id]
}

run "refuses_subnets_of_one_zone" {
  command = plan

  variables {
    subnet_ids = ["subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "a_cluster_refuses_subnets_of_two_zones" {
  command = plan

  variables {
    topology       = "cluster"
    instance_class = "db.m6gd.large"
  }

  expect_failures = [var.subnet_ids]
}

run "production_refuses_subnets_of_two_zones" {
  command = plan

  variables {
    environment         = "production"
    topology            = "instance"
    multi_az            = true
    instance_class      = "db.m6gd.large"
    deletion_protection = true
    log_retention_days  = 365
    subnet_ids          = ["subnet-a", "subnet-b"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_addresses_as_clients" {
  command = plan

  variables {
    client_security_group_id = "10.20.0.0/16"
  }

  expect_failures = [var.client_security_group_id]
}

run "refuses_to_turn_backups_off" {
  command = plan

  variables {
    backup_retention_days = 0
  }

  expect_failures = [var.backup_retention_days]
}

run "production_refuses_backups_of_six_days" {
  command = plan

  variables {
    environment           = "production"
    topology              = "instance"
    multi_az              = true
    instance_class        = "db.m6gd.large"
    deletion_protection   = true
    log_retention_days    = 365
    subnet_ids            = ["subnet-a", "subnet-b", "subnet-c"]
    backup_retention_days = 6
  }

  expect_failures = [var.backup_retention_days]
}

run "refuses_a_backup_window_in_words" {
  command = plan

  variables {
    backup_window = "at night"
  }

  expect_failures = [var.backup_window]
}

run "refuses_a_maintenance_window_without_a_day" {
  command = plan

  variables {
    maintenance_window = "02:30-03:30"
  }

  expect_failures = [var.maintenance_window]
}

run "production_refuses_to_go_without_deletion_protection" {
  command = plan

  variables {
    environment         = "production"
    topology            = "instance"
    multi_az            = true
    instance_class      = "db.m6gd.large"
    deletion_protection = false
    log_retention_days  = 365
    subnet_ids          = ["subnet-a", "subnet-b", "subnet-c"]
  }

  expect_failures = [var.deletion_protection]
}

run "refuses_insights_on_a_micro_class" {
  command = plan

  variables {
    instance_class     = "db.t4g.micro"
    max_connections    = 60
    connections_needed = 20
  }

  expect_failures = [var.performance_insights]
}

run "refuses_an_old_authority" {
  command = plan

  variables {
    ca_cert_identifier = "rds-ca-2019"
  }

  expect_failures = [var.ca_cert_identifier]
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
    environment         = "production"
    topology            = "instance"
    multi_az            = true
    instance_class      = "db.m6gd.large"
    deletion_protection = true
    log_retention_days  = 30
    subnet_ids          = ["subnet-a", "subnet-b", "subnet-c"]
  }

  expect_failures = [var.log_retention_days]
}
