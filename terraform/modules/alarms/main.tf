# One topic that every alarm of an environment goes to. Encrypted, so its key has to know who publishes.

module "key" {
  source = "../key"

  name        = "${var.name}-alarms"
  description = "Messages of alarms of ${var.name}"
  account_id  = var.account_id

  services = {
    for name, principal in local.publishers : name => {
      principal  = principal
      actions    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      conditions = [{ test = "StringEquals", variable = "aws:SourceAccount", values = [var.account_id] }]
    }
  }
}

locals {
  # By name, so that the policy is known before the topic is there.
  topic = "arn:aws:sns:${var.region}:${var.account_id}:${var.name}-alarms"

  publishers = {
    alarms   = "cloudwatch.amazonaws.com"
    database = "events.rds.amazonaws.com"
  }
}

resource "aws_sns_topic" "this" {
  name              = "${var.name}-alarms"
  kms_master_key_id = module.key.arn
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "ServicesOfThisAccountPublish"
    actions   = ["sns:Publish"]
    resources = [local.topic]

    principals {
      type        = "Service"
      identifiers = values(local.publishers)
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.topic]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.key
}
