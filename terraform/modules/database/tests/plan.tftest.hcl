# Both topologies. Planned by the real provider, without network and without an account.

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
  name                     = "toolcrib-production"
  environment              = "production"
  account_id               = "123456789012"
  topology                 = "cluster"
  instance_class           = "db.m6gd.large"
  storage_gib              = 100
  storage_max_gib          = 200
  max_connections          = 640
  connections_needed       = 360
  vpc_id                   = "vpc-1"
  subnet_ids               = ["subnet-a", "subnet-b", "subnet-c"]
  client_security_group_id = "sg-nodes"
  log_retention_days       = 365
  logs_key_arn             = "arn:aws:kms:eu-central-1:123456789012:key/66666666-7777-8888-9999-000000000000"
  alarm_topic_arn          = "arn:aws:sns:eu-central-1:123456789012:toolcrib-staging-alarms"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
}

override_resource {
  target          = module.key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
}

run "only_the_nodes_reach_3306" {
  command = plan

  assert {
    condition     = aws_vpc_security_group_ingress_rule.mysql.referenced_security_group_id == "sg-nodes" && aws_vpc_security_group_ingress_rule.mysql.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.mysql.cidr_ipv6 == null && aws_vpc_security_group_ingress_rule.mysql.prefix_list_id == null
    error_message = "somebody else than the cluster's nodes reaches the database"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.mysql.ip_protocol == "tcp" && aws_vpc_security_group_ingress_rule.mysql.from_port == 3306 && aws_vpc_security_group_ingress_rule.mysql.to_port == 3306
    error_message = "another port than 3306 is open"
  }
}

run "tls_is_enforced_on_a_cluster" {
  command = plan

  assert {
    condition     = one([for parameter in aws_rds_cluster_parameter_group.this[0].parameter : parameter.value if parameter.name == "require_secure_transport"]) == "1"
    error_message = "the server takes connections without TLS"
  }

  assert {
    condition     = aws_rds_cluster_parameter_group.this[0].family == "mysql8.4" && one([for parameter in aws_rds_cluster_parameter_group.this[0].parameter : parameter.value if parameter.name == "max_connections"]) == "640"
    error_message = "the parameters are for another version, or max_connections is RDS's own guess"
  }
}

run "tls_is_enforced_on_an_instance" {
  command = plan

  variables {
    topology = "instance"
  }

  assert {
    condition     = one([for parameter in aws_db_parameter_group.this[0].parameter : parameter.value if parameter.name == "require_secure_transport"]) == "1"
    error_message = "the server takes connections without TLS"
  }

  assert {
    condition     = aws_db_parameter_group.this[0].family == "mysql8.4" && one([for parameter in aws_db_parameter_group.this[0].parameter : parameter.value if parameter.name == "local_infile"]) == "0"
    error_message = "the parameters are for another version, or files of clients are read"
  }
}

run "a_cluster_is_encrypted_and_protected" {
  command = plan

  assert {
    condition     = aws_rds_cluster.this[0].storage_encrypted && aws_rds_cluster.this[0].kms_key_id == "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    error_message = "the storage is not encrypted by the database's own key"
  }

  assert {
    condition     = aws_rds_cluster.this[0].deletion_protection && !aws_rds_cluster.this[0].skip_final_snapshot && aws_rds_cluster.this[0].final_snapshot_identifier == "toolcrib-production-final"
    error_message = "it could be deleted, or deleted without a snapshot"
  }

  assert {
    condition     = aws_rds_cluster.this[0].backup_retention_period == 14 && aws_rds_cluster.this[0].copy_tags_to_snapshot
    error_message = "backups are kept for less than 14 days"
  }

  assert {
    condition     = aws_rds_cluster.this[0].engine == "mysql" && aws_rds_cluster.this[0].engine_version == "8.4" && aws_rds_cluster.this[0].storage_type == "gp3" && aws_rds_cluster.this[0].db_cluster_instance_class == "db.m6gd.large"
    error_message = "it is another database"
  }

  assert {
    condition     = toset(aws_rds_cluster.this[0].enabled_cloudwatch_logs_exports) == toset(["error", "slowquery"]) && join(",", keys(aws_cloudwatch_log_group.this)) == "error,slowquery"
    error_message = "a log is not exported"
  }

  assert {
    condition     = alltrue([for name, group in aws_cloudwatch_log_group.this : group.name == "/aws/rds/cluster/toolcrib-production/${name}" && group.retention_in_days == 365 && group.kms_key_id == var.logs_key_arn])
    error_message = "RDS would log into a group of its own, or one is not encrypted and kept for a year"
  }

  assert {
    condition     = aws_rds_cluster.this[0].iam_database_authentication_enabled
    error_message = "people would need passwords"
  }
}

run "an_instance_is_encrypted_and_protected" {
  command = plan

  variables {
    topology = "instance"
  }

  assert {
    condition     = aws_db_instance.this[0].storage_encrypted && aws_db_instance.this[0].kms_key_id == "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    error_message = "the storage is not encrypted by the database's own key"
  }

  assert {
    condition     = aws_db_instance.this[0].deletion_protection && !aws_db_instance.this[0].skip_final_snapshot && aws_db_instance.this[0].final_snapshot_identifier == "toolcrib-production-final" && !aws_db_instance.this[0].delete_automated_backups
    error_message = "it could be deleted, or deleted without a snapshot"
  }

  assert {
    condition     = aws_db_instance.this[0].multi_az && !aws_db_instance.this[0].publicly_accessible && aws_db_instance.this[0].backup_retention_period == 14
    error_message = "no standby, a public address, or backups of less than 14 days"
  }

  assert {
    condition     = aws_db_instance.this[0].auto_minor_version_upgrade && !aws_db_instance.this[0].allow_major_version_upgrade && !aws_db_instance.this[0].apply_immediately
    error_message = "a change would not wait for the maintenance window, or a major upgrade could slip in"
  }

  assert {
    condition     = alltrue([for name, group in aws_cloudwatch_log_group.this : group.name == "/aws/rds/instance/toolcrib-production/${name}"])
    error_message = "RDS would log into a group of its own"
  }
}

run "no_password_passes_through_terraform_on_a_cluster" {
  command = plan

  assert {
    condition     = aws_rds_cluster.this[0].manage_master_user_password == true && aws_rds_cluster.this[0].master_password == null && aws_rds_cluster.this[0].master_password_wo == null
    error_message = "the administrator's password is not RDS's to make and keep"
  }

  assert {
    condition     = aws_rds_cluster.this[0].master_user_secret_kms_key_id == "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    error_message = "the administrator's password is not encrypted by the database's own key"
  }
}

run "no_password_passes_through_terraform_on_an_instance" {
  command = plan

  variables {
    topology = "instance"
  }

  assert {
    condition     = aws_db_instance.this[0].manage_master_user_password == true && aws_db_instance.this[0].password == null && aws_db_instance.this[0].password_wo == null
    error_message = "the administrator's password is not RDS's to make and keep"
  }

  assert {
    condition     = aws_db_instance.this[0].master_user_secret_kms_key_id == "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    error_message = "the administrator's password is not encrypted by the database's own key"
  }
}

run "somebody_is_told" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 15
    error_message = "each of three servers has five alarms"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["toolcrib-production-instance-1-connections"].threshold == 448
    error_message = "the alarm is not at the connection budget"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : one(alarm.alarm_actions) == var.alarm_topic_arn])
    error_message = "an alarm tells nobody"
  }

  assert {
    condition     = output.connection_budget == 448
    error_message = "the budget is not 70 % of max_connections"
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.monitoring_trust.json).Statement[0].Principal.Service == "monitoring.rds.amazonaws.com" && aws_iam_role.monitoring.permissions_boundary == var.permissions_boundary_arn
    error_message = "others may take the monitoring role, or it has no boundary"
  }
}
