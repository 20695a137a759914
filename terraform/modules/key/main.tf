# One customer-managed key for one class of data, so that the right to decrypt can be given and taken for that class alone.

data "aws_iam_policy_document" "this" {
  # checkov:skip=CKV_AWS_109:a key policy is about its own key, which "*" means here; rights come from IAM in this account
  # checkov:skip=CKV_AWS_111:as for 109; without this statement a key can lock everybody out for good
  # checkov:skip=CKV_AWS_356:as for 109; a key policy knows no other resource

  # Without this nobody but AWS support could ever change the key again. It gives nobody a right: it lets IAM give them.
  statement {
    sid       = "AccountGivesRightsByIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account_id}:root"]
    }
  }

  dynamic "statement" {
    for_each = var.services

    content {
      sid       = "Service${title(replace(statement.key, "/[^a-zA-Z0-9]/", ""))}"
      actions   = statement.value.actions
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [statement.value.principal]
      }

      # A service acts for many accounts. Each condition ties it to ours (the confused deputy).
      dynamic "condition" {
        for_each = statement.value.conditions

        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_kms_key" "this" {
  description             = var.description
  enable_key_rotation     = true
  rotation_period_in_days = 365
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.this.json

  tags = { Name = var.name }
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}
