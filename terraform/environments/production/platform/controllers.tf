# Who reads secrets inside the cluster. Customers' pods never do: External Secrets hands each namespace its own.

# The controller of External Secrets: everything below toolcrib/<environment>/, which a policy test in k8s/ cuts down to
# toolcrib/<environment>/<namespace>/ for each namespace.
data "aws_iam_policy_document" "external_secrets" {
  statement {
    sid       = "ReadSecretsOfThisEnvironment"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = ["arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:toolcrib/${var.environment}/*"]
  }

  statement {
    sid       = "DecryptThem"
    actions   = ["kms:Decrypt"]
    resources = [module.secrets_key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }
  }
}

# The store of toolcrib-system has a role of its own (`spec.provider.aws.role`), which the controller takes on for it.
data "aws_iam_policy_document" "external_secrets_with_system" {
  source_policy_documents = [data.aws_iam_policy_document.external_secrets.json]

  statement {
    sid       = "TakeOnTheRoleOfToolcribSystem"
    actions   = ["sts:AssumeRole", "sts:TagSession"]
    resources = ["arn:aws:iam::${var.account_id}:role/${local.name}-system"]
  }
}

module "external_secrets" {
  source = "../../../modules/pod-identity"

  name                     = "${local.name}-external-secrets"
  account_id               = var.account_id
  region                   = var.region
  cluster_name             = var.cluster_name
  namespace                = "external-secrets"
  service_account          = "external-secrets"
  policy                   = data.aws_iam_policy_document.external_secrets_with_system.json
  permissions_boundary_arn = var.permissions_boundary_arn
}

# The store of toolcrib-system alone, whose Jobs make schemas and users: it reads the administrator's secret, which RDS names, and
# the passwords that the users get.
data "aws_iam_policy_document" "toolcrib_system" {
  statement {
    sid       = "ReadAdministratorAndCustomers"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = [var.mysql_admin_secret_arn, "arn:aws:secretsmanager:${var.region}:${var.account_id}:secret:toolcrib/${var.environment}/customer-*"]
  }

  statement {
    sid       = "DecryptThem"
    actions   = ["kms:Decrypt"]
    resources = [var.database_key_arn, module.secrets_key.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }
  }
}

module "toolcrib_system" {
  source = "../../../modules/pod-identity"

  name                     = "${local.name}-system"
  account_id               = var.account_id
  region                   = var.region
  cluster_name             = var.cluster_name
  namespace                = "toolcrib-system"
  service_account          = "secret-store"
  policy                   = data.aws_iam_policy_document.toolcrib_system.json
  trusted_role_arns        = [module.external_secrets.role_arn]
  permissions_boundary_arn = var.permissions_boundary_arn
}
