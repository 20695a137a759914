# deploy pushes images and speaks to the cluster, where it is group toolcrib:deployers (module cluster, access_entries).

data "aws_iam_policy_document" "deploy" {
  for_each = { for name, role in local.roles : name => role if role.purpose == "deploy" }

  # A token for the registry as a whole; what it is good for the next statement says. ECR knows no narrower right.
  statement {
    sid       = "SignInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid = "PushImages"
    actions = [
      "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages", "ecr:DescribeImageScanFindings",
      "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
    ]
    resources = [for image in sort(var.images) : "arn:aws:ecr:${var.region}:${var.account_id}:repository/${image}"]
  }

  statement {
    sid       = "FindCluster"
    actions   = ["eks:DescribeCluster"]
    resources = ["arn:aws:eks:${var.region}:${var.account_id}:cluster/toolcrib-${each.value.environment}"]
  }
}

resource "aws_iam_role_policy" "deploy" {
  for_each = data.aws_iam_policy_document.deploy

  name   = "deploy"
  role   = aws_iam_role.this[each.key].id
  policy = each.value.json
}
