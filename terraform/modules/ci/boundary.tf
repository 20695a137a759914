# The most that any role made by `apply` can ever do. It keeps whoever may run `apply` from making a role that may do more
# than they may themselves: such a role could neither touch IAM nor take on other roles.

data "aws_iam_policy_document" "boundary" {
  statement {
    sid         = "AllButIdentities"
    not_actions = ["iam:*", "sts:AssumeRole", "organizations:*", "account:*", "sso:*", "sso-directory:*", "identitystore:*"]
    resources   = ["*"]
  }

  # What EKS Auto Mode does with IAM to start nodes and load balancers.
  statement {
    sid       = "InstanceProfilesOfNodes"
    actions   = ["iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:GetInstanceProfile", "iam:ListInstanceProfiles", "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile"]
    resources = ["arn:aws:iam::${var.account_id}:instance-profile/*"]
  }

  statement {
    sid       = "NodesGetTheirRole"
    actions   = ["iam:PassRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/toolcrib-*-node"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }

  # External Secrets, for the store of toolcrib-system.
  statement {
    sid       = "RoleOfToolcribSystem"
    actions   = ["sts:AssumeRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/toolcrib-*-system"]
  }

  statement {
    sid       = "LookAtRoles"
    actions   = ["iam:GetRole", "iam:ListAttachedRolePolicies", "iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "toolcrib-boundary"
  description = "Permissions boundary of every role that apply makes"
  policy      = data.aws_iam_policy_document.boundary.json
}
