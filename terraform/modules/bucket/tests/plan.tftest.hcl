# A bucket. Planned by the real provider, without network and without an account.

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
  name       = "toolcrib-123456789012-state"
  account_id = "123456789012"
  key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  log_bucket = "toolcrib-123456789012-access-logs"
}

run "nothing_is_public" {
  command = plan

  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.block_public_policy && aws_s3_bucket_public_access_block.this.ignore_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "public access is not blocked"
  }

  assert {
    condition     = one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "access lists count"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement.Effect == "Deny"])
    error_message = "the policy gives somebody something"
  }
}

run "only_tls_gets_in" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "TlsOnly"]).Effect == "Deny" && one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "TlsOnly"]).Principal.AWS == "*" && one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "TlsOnly"]).Action == "s3:*" && one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "TlsOnly"]).Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "plain HTTP is let in"
  }

  assert {
    condition     = toset(one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "TlsOnly"]).Resource) == toset(["arn:aws:s3:::toolcrib-123456789012-state", "arn:aws:s3:::toolcrib-123456789012-state/*"])
    error_message = "the rule does not hold for the bucket and for its objects"
  }
}

run "nobody_encrypts_in_another_way" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "NoOtherAlgorithm"]).Condition == { Null = { "s3:x-amz-server-side-encryption" = "false" }, StringNotEquals = { "s3:x-amz-server-side-encryption" = "aws:kms" } }
    error_message = "objects may be written with another algorithm, or none may be written"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "NoOtherKey"]).Condition == { Null = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }, StringNotEquals = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = var.key_arn } }
    error_message = "objects may be written with somebody else's key"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "NoKeyOfTheCaller"]).Condition == { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } } && one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "NoKeyOfTheCaller"]).Effect == "Deny"
    error_message = "objects may be written with a key that only the caller has"
  }
}

run "objects_are_encrypted_and_can_be_had_back" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.key_arn
    error_message = "objects are not encrypted by the key given"
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled" && !aws_s3_bucket.this.force_destroy
    error_message = "an overwritten or deleted object is gone"
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration).noncurrent_days == 90
    error_message = "old versions are kept for ever, or for less than 90 days"
  }

  assert {
    condition     = aws_s3_bucket_logging.this[0].target_bucket == var.log_bucket
    error_message = "nobody knows who read what"
  }
}

run "a_bucket_of_logs_takes_them_from_this_account_only" {
  command = plan

  variables {
    key_arn     = null
    log_bucket  = null
    takes_logs  = true
    expire_days = 365
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement.Effect == "Deny" || try(statement.Action == "s3:PutObject" && statement.Condition.StringEquals["aws:SourceAccount"] == "123456789012", false)])
    error_message = "others may write logs, or more than write"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "logs cannot be delivered to a bucket with a KMS key"
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration).days == 365 && length(aws_s3_bucket_logging.this) == 0
    error_message = "logs are kept for ever, or log themselves"
  }
}
