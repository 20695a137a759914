# A private bucket: no public access whatever a policy says, TLS only, encrypted, versioned, with an end for old versions.

resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_144:one region; state and exports are versioned, and neither is the only copy of anything
  # checkov:skip=CKV_AWS_145:logs are delivered to no bucket with a KMS key; all other buckets have one (variable key_arn)
  # checkov:skip=CKV2_AWS_62:nothing listens to events of these buckets
  bucket = var.name

  # A bucket with anything in it is not deleted. See docs/operations/aws.md, Teardown.
  force_destroy = false

  tags = { Name = var.name }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  # No access lists at all: policies alone decide.
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = !var.takes_logs

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.takes_logs ? "AES256" : "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "tidy"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = var.old_versions_days
    }

    dynamic "expiration" {
      for_each = var.expire_days == null ? [] : [var.expire_days]

      content {
        days = expiration.value
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_logging" "this" {
  count = var.takes_logs ? 0 : 1

  bucket        = aws_s3_bucket.this.id
  target_bucket = var.log_bucket
  target_prefix = "s3/${var.name}/"
}

locals {
  # What a request may say about encryption, by the header that says it; `null`: it may not be there.
  encryption = {
    OtherAlgorithm = { header = "s3:x-amz-server-side-encryption", only = "aws:kms" }
    OtherKey       = { header = "s3:x-amz-server-side-encryption-aws-kms-key-id", only = var.key_arn }
    KeyOfTheCaller = { header = "s3:x-amz-server-side-encryption-customer-algorithm", only = null }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::${var.name}", "arn:aws:s3:::${var.name}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  # Objects are encrypted by the key above without being asked. A request may ask for another way, and would leave behind what
  # only somebody else can read: refused. No header at all is fine.
  dynamic "statement" {
    for_each = { for name, allowed in local.encryption : name => allowed if !var.takes_logs }

    content {
      sid       = "No${statement.key}"
      effect    = "Deny"
      actions   = ["s3:PutObject"]
      resources = ["arn:aws:s3:::${var.name}/*"]

      principals {
        type        = "AWS"
        identifiers = ["*"]
      }

      condition {
        test     = "Null"
        variable = statement.value.header
        values   = ["false"]
      }

      dynamic "condition" {
        for_each = statement.value.only == null ? [] : [statement.value.only]

        content {
          test     = "StringNotEquals"
          variable = statement.value.header
          values   = [condition.value]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.takes_logs ? { s3 = "logging.s3.amazonaws.com", alb = "logdelivery.elasticloadbalancing.amazonaws.com" } : {}

    content {
      sid       = "Logs${title(statement.key)}"
      actions   = ["s3:PutObject"]
      resources = ["arn:aws:s3:::${var.name}/*"]

      principals {
        type        = "Service"
        identifiers = [statement.value]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account_id]
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.this.json

  # S3 takes one change of a bucket's access at a time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
