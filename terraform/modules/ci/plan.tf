# plan looks, and changes nothing. AWS's ReadOnlyAccess would also read every object and message of the account.

data "aws_iam_policy_document" "plan" {
  for_each = { for name, role in local.roles : name => role if role.purpose == "plan" }

  statement {
    sid = "Look"
    actions = [
      "acm:DescribeCertificate", "acm:ListTagsForCertificate",
      "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
      "ec2:DescribeAddressesAttribute", "ec2:DescribeVpcAttribute",
      "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource",
      "eks:DescribeAccessEntry", "eks:DescribeAddon", "eks:DescribeCluster", "eks:DescribePodIdentityAssociation",
      "eks:ListAccessEntries", "eks:ListAssociatedAccessPolicies", "eks:ListPodIdentityAssociations", "eks:ListTagsForResource",
      "iam:GetOpenIDConnectProvider", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListPolicyVersions", "iam:ListRolePolicies",
      "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags",
      "logs:DescribeLogGroups", "logs:ListTagsForResource",
      "rds:Describe*", "rds:ListTagsForResource",
      "route53:GetChange", "route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource",
      "s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket",
      "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy",
      "sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource",
    ]
    resources = concat(
      [for service in ["acm", "cloudwatch", "ec2", "ecr", "eks", "kms", "logs", "rds", "secretsmanager", "sns"] : "arn:aws:${service}:${var.region}:${var.account_id}:*"],
      [for kind in ["oidc-provider/*", "policy/toolcrib-*", "role/toolcrib-*"] : "arn:aws:iam::${var.account_id}:${kind}"],
      ["arn:aws:route53:::hostedzone/*", "arn:aws:route53:::change/*", "arn:aws:s3:::toolcrib-*"],
    )
  }

  # These know no narrower right.
  statement {
    sid = "LookAround"
    actions = [
      "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeFlowLogs", "ec2:DescribeInternetGateways",
      "ec2:DescribeNatGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists",
      "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
      "ec2:DescribeTags", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
      "eks:DescribeAddonVersions", "kms:ListAliases", "route53:ListHostedZones",
    ]
    resources = ["*"]
  }

  # AWS makes up a password and keeps nothing; Terraform asks while it plans.
  statement {
    sid       = "MakeUpPasswords"
    actions   = ["secretsmanager:GetRandomPassword"]
    resources = ["*"]
  }

  # The provider looks whether the version it wrote is still there, and the only call for that also shows the value. So this
  # role can read the customers' application passwords, as apply can; they open a database that only nodes can reach.
  statement {
    sid       = "VersionsOfCustomersSecrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:toolcrib/${each.value.environment}/customer-*"]
  }

  statement {
    sid       = "KeyOfCustomersSecrets"
    actions   = ["kms:Decrypt"]
    resources = ["arn:aws:kms:${var.region}:${var.account_id}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:SecretARN"
      values   = ["arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:toolcrib/${each.value.environment}/customer-*"]
    }
  }
}

resource "aws_iam_role_policy" "plan" {
  for_each = data.aws_iam_policy_document.plan

  name   = "look"
  role   = aws_iam_role.this[each.key].id
  policy = each.value.json
}
