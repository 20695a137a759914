# Who reads secrets inside the cluster. Customers' pods never do: External Secrets hands each namespace its own. (External-dns
# is in module dns, beside the zone that it writes to.)

locals {
  secrets = "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:toolcrib/${var.environment}"
}

# The controller of External Secrets: everything below toolcrib/<environment>/, which a policy test in k8s/ cuts down to
# toolcrib/<environment>/<namespace>/ for each namespace.
data "aws_iam_policy_document" "external_secrets" {
  statement {
    sid       = "ReadSecretsOfThisEnvironment"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = ["${local.secrets}/*"]
  }

  statement {
    sid       = "DecryptThem"
    actions   = ["kms:Decrypt"]
    resources = [var.secrets_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }
  }

  # The store of toolcrib-system has a role of its own (`spec.provider.aws.role`), which the controller takes on for it.
  statement {
    sid       = "TakeOnTheRoleOfToolcribSystem"
    actions   = ["sts:AssumeRole", "sts:TagSession"]
    resources = ["arn:aws:iam::${var.account_id}:role/${var.name}-system"]
  }
}

module "external_secrets" {
  source = "../pod-identity"

  name                     = "${var.name}-external-secrets"
  account_id               = var.account_id
  region                   = var.region
  cluster_name             = var.cluster_name
  namespace                = "external-secrets"
  service_account          = "external-secrets"
  policy                   = data.aws_iam_policy_document.external_secrets.json
  permissions_boundary_arn = var.permissions_boundary_arn
}

# The store of toolcrib-system alone, whose Jobs make schemas and users: it reads the administrator's secret, which RDS names, and
# the passwords that the users get.
data "aws_iam_policy_document" "toolcrib_system" {
  statement {
    sid       = "ReadAdministratorAndCustomers"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = [var.mysql_admin_secret_arn, "${local.secrets}/customer-*"]
  }

  statement {
    sid       = "DecryptThem"
    actions   = ["kms:Decrypt"]
    resources = [var.database_key_arn, var.secrets_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }
  }
}

module "toolcrib_system" {
  source = "../pod-identity"

  name                     = "${var.name}-system"
  account_id               = var.account_id
  region                   = var.region
  cluster_name             = var.cluster_name
  namespace                = "toolcrib-system"
  service_account          = "secret-store"
  policy                   = data.aws_iam_policy_document.toolcrib_system.json
  trusted_role_arns        = [module.external_secrets.role_arn]
  permissions_boundary_arn = var.permissions_boundary_arn
}
