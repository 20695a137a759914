# apply makes networks, clusters, databases, and roles: AWS's PowerUserAccess, which leaves IAM out, and as much of IAM as
# our roles need. Its own roles, the boundary and the bootstrap's things are out of its reach.

data "aws_iam_policy_document" "apply" {
  for_each = { for name, role in local.roles : name => role if role.purpose == "apply" }

  statement {
    sid       = "MakeRolesWithinTheBoundary"
    actions   = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:AttachRolePolicy"]
    resources = ["arn:aws:iam::${var.account_id}:role/toolcrib-${each.value.environment}-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = ["arn:aws:iam::${var.account_id}:policy/toolcrib-boundary"]
    }
  }

  statement {
    sid = "KeepRoles"
    actions = [
      "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
    ]
    resources = ["arn:aws:iam::${var.account_id}:role/toolcrib-${each.value.environment}-*"]
  }

  statement {
    sid       = "HandRolesToServices"
    actions   = ["iam:PassRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/toolcrib-${each.value.environment}-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["eks.amazonaws.com", "ec2.amazonaws.com", "monitoring.rds.amazonaws.com", "pods.eks.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
    }
  }

  # Nobody's roles but the services' own (RDS, EKS, load balancing, Spot).
  statement {
    sid       = "ServiceLinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/aws-service-role/*"]
  }

  # PowerUserAccess would allow the rest. What the bootstrap made is changed by the bootstrap: buckets of state and logs, ...
  statement {
    sid     = "NothingOfTheBootstrapsBuckets"
    effect  = "Deny"
    actions = ["s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObjectVersion", "s3:PutBucket*", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"]
    resources = flatten([
      for bucket in [var.state_bucket, var.log_bucket] : ["arn:aws:s3:::${bucket}", "arn:aws:s3:::${bucket}/*"]
    ])
  }

  # ... its keys, images and zones.
  statement {
    sid    = "NothingElseOfTheBootstraps"
    effect = "Deny"
    actions = [
      "ecr:BatchDeleteImage", "ecr:DeleteRepository", "ecr:DeleteRepositoryPolicy", "ecr:PutImageTagMutability", "ecr:PutLifecyclePolicy",
      "ecr:SetRepositoryPolicy", "kms:DisableKey", "kms:DisableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "route53:DeleteHostedZone",
    ]
    resources = concat(
      [var.state_key_arn, module.key.arn, "arn:aws:route53:::hostedzone/*"],
      [for image in sort(var.images) : "arn:aws:ecr:${var.region}:${var.account_id}:repository/${image}"],
    )
  }

  # An account of its own for each environment is the better wall. Where both live in one, this is what keeps staging's pipeline
  # off production: every resource is tagged with its environment (default_tags). S3 looks at no tags of buckets.
  statement {
    sid       = "NothingOfOtherEnvironments"
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/environment"
      values   = setsubtract(["staging", "production"], [each.value.environment])
    }
  }

  # Terraform works as this role. Whatever else trusts the whole account is not for pipelines.
  statement {
    sid       = "NoOtherRole"
    effect    = "Deny"
    actions   = ["sts:AssumeRole"]
    resources = ["*"]
  }

  statement {
    sid       = "NothingOfOtherEnvironmentsState"
    effect    = "Deny"
    actions   = ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"]
    resources = [for environment in setsubtract(["staging", "production", "bootstrap"], [each.value.environment]) : "arn:aws:s3:::${var.state_bucket}/${environment}/*"]
  }
}

resource "aws_iam_role_policy" "apply" {
  for_each = data.aws_iam_policy_document.apply

  name   = "roles"
  role   = aws_iam_role.this[each.key].id
  policy = each.value.json
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = data.aws_iam_policy_document.apply

  role       = aws_iam_role.this[each.key].name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}
