# One customer. Planned by the real provider, without network and without an account.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  customer                 = "acme-labs"
  environment              = "production"
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cluster_name             = "toolcrib-production"
  mysql_host               = "db.example"
  export_bucket            = "toolcrib-production-exports-123456789012"
  export_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  secrets_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/66666666-7777-8888-9999-000000000000"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
}

run "secrets_lie_where_external_secrets_looks" {
  command = plan

  assert {
    condition     = aws_secretsmanager_secret.hardware.name == "toolcrib/production/customer-acme-labs/hardware" && aws_secretsmanager_secret.portal.name == "toolcrib/production/customer-acme-labs/portal"
    error_message = "the secrets have other names than toolcrib/<environment>/<namespace>/"
  }

  assert {
    condition     = aws_secretsmanager_secret.hardware.kms_key_id == var.secrets_key_arn && aws_secretsmanager_secret.portal.kms_key_id == var.secrets_key_arn
    error_message = "a secret is not encrypted by the key given"
  }

  assert {
    condition     = aws_secretsmanager_secret.hardware.recovery_window_in_days == 30
    error_message = "a deleted secret is gone before 30 days"
  }

  assert {
    condition     = output.namespace == "customer-acme-labs" && output.database == "customer_acme_labs" && output.storage_url == "s3://toolcrib-production-exports-123456789012/customer-acme-labs"
    error_message = "the outputs are others"
  }
}

run "no_password_is_in_the_plan" {
  command = plan

  assert {
    condition     = alltrue([for version in [aws_secretsmanager_secret_version.hardware, aws_secretsmanager_secret_version.portal] : version.secret_string == null && version.secret_string_wo == null && version.secret_string_wo_version == 1])
    error_message = "a secret is written by secret_string, which the plan and the state keep"
  }
}

run "pods_put_below_their_own_prefix_and_no_more" {
  command = plan

  assert {
    condition     = flatten([one([for statement in jsondecode(data.aws_iam_policy_document.pods.json).Statement : statement if statement.Sid == "PutBelowOwnPrefix"]).Resource]) == ["arn:aws:s3:::toolcrib-production-exports-123456789012/customer-acme-labs/*"]
    error_message = "pods may write elsewhere than below their own prefix"
  }

  assert {
    condition     = toset(one([for statement in jsondecode(data.aws_iam_policy_document.pods.json).Statement : statement if statement.Sid == "PutBelowOwnPrefix"]).Action) == toset(["s3:PutObject", "s3:AbortMultipartUpload"])
    error_message = "pods may do more than put objects"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.pods.json).Statement : statement if statement.Sid == "EncryptForThatBucket"]).Resource == var.export_key_arn && one([for statement in jsondecode(data.aws_iam_policy_document.pods.json).Statement : statement if statement.Sid == "EncryptForThatBucket"]).Condition.StringEquals["kms:ViaService"] == "s3.eu-central-1.amazonaws.com"
    error_message = "pods may use the key for other things than that bucket"
  }

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.pods.json).Statement) == 2
    error_message = "pods may do something else"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.pods.json).Statement : statement.Effect == "Deny" || !contains(flatten([try(statement.Action, [])]), "*")])
    error_message = "a statement allows every action"
  }
}
