# The state: plan reads it and locks it, apply writes it. Each environment its own folder.

data "aws_iam_policy_document" "state" {
  for_each = { for name, role in local.roles : name => role if role.purpose != "deploy" }

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = ["arn:aws:s3:::${var.state_bucket}"]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      # The second is where Terraform looks for workspaces at every init; nothing is there.
      values = ["${each.value.environment}/*", "env:/"]
    }
  }

  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${var.state_bucket}/${each.value.environment}/*"]
  }

  statement {
    sid       = "Lock"
    actions   = ["s3:PutObject", "s3:DeleteObject"]
    resources = ["arn:aws:s3:::${var.state_bucket}/${each.value.environment}/*.tflock"]
  }

  dynamic "statement" {
    for_each = each.value.purpose == "apply" ? [1] : []

    content {
      sid       = "WriteState"
      actions   = ["s3:PutObject"]
      resources = ["arn:aws:s3:::${var.state_bucket}/${each.value.environment}/*.tfstate"]
    }
  }

  statement {
    sid       = "KeyOfState"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.state_key_arn]
  }
}

resource "aws_iam_role_policy" "state" {
  for_each = data.aws_iam_policy_document.state

  name   = "state"
  role   = aws_iam_role.this[each.key].id
  policy = each.value.json
}
