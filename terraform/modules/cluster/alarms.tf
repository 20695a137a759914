# What the control plane says about itself (metrics of AWS/EKS, free of charge).

locals {
  alarms = {
    api-errors = {
      metric      = "apiserver_request_total_5XX"
      statistic   = "Sum"
      threshold   = 50
      description = "The API server answered more than 50 requests with 5xx in five minutes, three times running."
    }
    unschedulable = {
      metric      = "scheduler_pending_pods_UNSCHEDULABLE"
      statistic   = "Minimum"
      threshold   = 0
      description = "Pods found no place for fifteen minutes: a limit of a node pool, a quota of the account, or a zone without capacity."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-cluster-${each.key}"
  alarm_description   = "${each.value.description} See docs/operations/aws.md, Alarms."
  namespace           = "AWS/EKS"
  metric_name         = each.value.metric
  dimensions          = { ClusterName = aws_eks_cluster.this.name }
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
