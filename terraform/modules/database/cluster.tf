resource "aws_rds_cluster_parameter_group" "this" {
  count = local.cluster ? 1 : 0

  name_prefix = "${var.name}-"
  description = "MySQL of ${var.name}"
  family      = "mysql8.4"

  # Nobody speaks to this server without TLS, whatever a client's settings say.
  parameter {
    name         = "require_secure_transport"
    value        = "1"
    apply_method = "pending-reboot"
  }

  dynamic "parameter" {
    for_each = local.parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "pending-reboot"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# A Multi-AZ DB cluster: RDS makes a writer and two readers in three zones by itself. A commit waits for one reader.
resource "aws_rds_cluster" "this" {
  # checkov:skip=CKV_AWS_325:the audit log is a plugin of an option group, which Multi-AZ clusters do not have
  # checkov:skip=CKV2_AWS_8:RDS itself keeps every second of the last days, and snapshots; AWS Backup would do it once more
  count = local.cluster ? 1 : 0

  cluster_identifier        = var.name
  engine                    = "mysql"
  engine_version            = var.engine_version
  db_cluster_instance_class = var.instance_class

  master_username               = local.admin
  manage_master_user_password   = true
  master_user_secret_kms_key_id = module.key.arn

  # Storage of a Multi-AZ cluster does not grow by itself: an alarm says when, and storage_gib is raised.
  storage_type      = "gp3"
  allocated_storage = var.storage_gib
  storage_encrypted = true
  kms_key_id        = module.key.arn

  db_subnet_group_name            = aws_db_subnet_group.this.name
  vpc_security_group_ids          = [aws_security_group.this.id]
  port                            = 3306
  ca_certificate_identifier       = var.ca_cert_identifier
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this[0].name
  # As for the instance: people sign in with tokens.
  iam_database_authentication_enabled = true

  backup_retention_period      = var.backup_retention_days
  preferred_backup_window      = var.backup_window
  preferred_maintenance_window = var.maintenance_window
  copy_tags_to_snapshot        = true
  # RDS keeps no automated backups of a deleted Multi-AZ cluster, and may refuse to delete one that asks for it. What remains is
  # the final snapshot.
  delete_automated_backups  = true
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.name}-final"

  allow_major_version_upgrade = false
  apply_immediately           = false

  enabled_cloudwatch_logs_exports = local.logs
  monitoring_interval             = 60
  monitoring_role_arn             = aws_iam_role.monitoring.arn

  performance_insights_enabled          = var.performance_insights
  performance_insights_kms_key_id       = var.performance_insights ? module.key.arn : null
  performance_insights_retention_period = var.performance_insights ? 7 : null

  tags = { Name = var.name }

  depends_on = [aws_cloudwatch_log_group.this]
}
