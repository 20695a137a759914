data "aws_iam_policy_document" "monitoring_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

# Writes what the operating system below the database does (enhanced monitoring).
resource "aws_iam_role" "monitoring" {
  name                 = "${var.name}-rds-monitoring"
  assume_role_policy   = data.aws_iam_policy_document.monitoring_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

locals {
  memory_bytes = local.memory_gib * pow(1024, 3)

  # Each with a threshold at which there is still time to act. A database that reports nothing is one that nobody sees.
  alarms = {
    cpu = {
      metric      = "CPUUtilization"
      statistic   = "Average"
      comparison  = "GreaterThanThreshold"
      threshold   = 80
      missing     = "breaching"
      description = "Above 80 % of CPU for 15 minutes."
    }
    memory = {
      metric      = "FreeableMemory"
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = floor(local.memory_bytes * 0.05)
      missing     = "breaching"
      description = "Less than 5 % of memory left for 15 minutes."
    }
    storage = {
      metric      = "FreeStorageSpace"
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = floor(var.storage_gib * pow(1024, 3) * 0.2)
      missing     = "breaching"
      description = "Less than 20 % of the storage left. A full disk stops every write."
    }
    connections = {
      metric      = "DatabaseConnections"
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = local.connection_budget
      missing     = "breaching"
      description = "More connections than the budget, 70 % of max_connections."
    }
  }

  lag = local.cluster ? {
    lag = {
      metric     = "ReplicaLag"
      statistic  = "Maximum"
      comparison = "GreaterThanThreshold"
      threshold  = 60
      # The writer has no lag to report.
      missing     = "notBreaching"
      description = "A standby is more than 60 s behind: a failover would take as much longer."
    }
  } : {}

  instance_alarms = merge([
    for instance in local.instances : {
      for name, alarm in merge(local.alarms, local.lag) : "${instance}-${name}" => merge(alarm, { instance = instance })
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.instance_alarms

  alarm_name          = "${each.key}-database"
  alarm_description   = "${each.value.description} See docs/operations/aws.md, Alarms."
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = each.value.instance }
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 3
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

# Failovers, failures, low storage, maintenance: RDS tells them itself.
resource "aws_db_event_subscription" "this" {
  name        = "${var.name}-database"
  sns_topic   = var.alarm_topic_arn
  source_type = local.cluster ? "db-cluster" : "db-instance"
  source_ids  = [local.cluster ? aws_rds_cluster.this[0].cluster_identifier : aws_db_instance.this[0].identifier]

  event_categories = local.cluster ? [
    "failover", "failure", "maintenance", "notification",
    ] : [
    "availability", "failover", "failure", "low storage", "maintenance", "recovery",
  ]
}
