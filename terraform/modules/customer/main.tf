# One customer: the secrets of its pods, and what its pods may do in AWS. The database user itself is made by
# `hardware database ensure`, from the secret below.

locals {
  namespace = "customer-${var.customer}"
  database  = "customer_${replace(var.customer, "-", "_")}"

  # External Secrets reads below toolcrib/<environment>/<namespace>/ and nothing else.
  secret_prefix = "toolcrib/${var.environment}/${local.namespace}"
}

resource "aws_secretsmanager_secret" "hardware" {
  # checkov:skip=CKV2_AWS_57:`make rotate` changes it in step with ALTER USER; a timer would lock the pods out
  name                    = "${local.secret_prefix}/hardware"
  description             = "MYSQL_* of hardware in ${local.namespace}"
  kms_key_id              = var.secrets_key_arn
  recovery_window_in_days = var.secret_recovery_days
}

# The password is made by AWS, handed over, and kept neither in the plan nor in the state.
ephemeral "aws_secretsmanager_random_password" "hardware" {
  password_length     = 40
  exclude_punctuation = true
  # Depends on the secret, so that Terraform asks for no password while the secret is only planned.
  exclude_characters = aws_secretsmanager_secret.hardware.arn == "" ? "" : "\"'\\"
}

resource "aws_secretsmanager_secret_version" "hardware" {
  secret_id = aws_secretsmanager_secret.hardware.id

  secret_string_wo = jsonencode({
    MYSQL_HOST     = var.mysql_host
    MYSQL_USER     = local.database
    MYSQL_PASSWORD = ephemeral.aws_secretsmanager_random_password.hardware.random_password
    MYSQL_DATABASE = local.database
  })

  # Written once. `make rotate` changes the value from then on, and Terraform does not look at it.
  secret_string_wo_version = var.secret_version
}

resource "aws_secretsmanager_secret" "portal" {
  # checkov:skip=CKV2_AWS_57:it signs messages that live a minute; a new one is a new version of the secret and a restart
  name                    = "${local.secret_prefix}/portal"
  description             = "PORTAL_SECRET of portal in ${local.namespace}"
  kms_key_id              = var.secrets_key_arn
  recovery_window_in_days = var.secret_recovery_days
}

ephemeral "aws_secretsmanager_random_password" "portal" {
  password_length     = 48
  exclude_punctuation = true
  exclude_characters  = aws_secretsmanager_secret.portal.arn == "" ? "" : "\"'\\"
}

resource "aws_secretsmanager_secret_version" "portal" {
  secret_id = aws_secretsmanager_secret.portal.id

  secret_string_wo = jsonencode({
    PORTAL_SECRET = ephemeral.aws_secretsmanager_random_password.portal.random_password
  })

  secret_string_wo_version = var.secret_version
}

# What POST /api/upload-random needs: to put objects below its own prefix, and to have S3 encrypt them.
data "aws_iam_policy_document" "pods" {
  statement {
    sid       = "PutBelowOwnPrefix"
    actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]
    resources = ["arn:aws:s3:::${var.export_bucket}/${local.namespace}/*"]
  }

  statement {
    sid       = "EncryptForThatBucket"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = [var.export_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }

    # With a bucket key S3 names the bucket.
    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = ["arn:aws:s3:::${var.export_bucket}*"]
    }
  }
}

module "pods" {
  source = "../pod-identity"

  name                     = "toolcrib-${var.environment}-${local.namespace}"
  account_id               = var.account_id
  region                   = var.region
  cluster_name             = var.cluster_name
  namespace                = local.namespace
  service_account          = "hardware"
  policy                   = data.aws_iam_policy_document.pods.json
  permissions_boundary_arn = var.permissions_boundary_arn
}
