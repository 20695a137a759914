# What each account has. Planned by the real provider, without network and without an account.

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
  account_id = "123456789012"
}

# Known only after apply otherwise, and with them the policies that name them: tests/audit.py judges every one.
override_resource {
  target          = module.state_key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000006-2222-3333-4444-555555555555" }
}

override_resource {
  target          = module.ci.module.key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000007-2222-3333-4444-555555555555" }
}

override_resource {
  target          = module.state.aws_s3_bucket.this
  override_during = plan
  values          = { id = "toolcrib-123456789012-state" }
}

override_resource {
  target          = module.logs.aws_s3_bucket.this
  override_during = plan
  values          = { id = "toolcrib-123456789012-access-logs" }
}

run "the_example_plans" {
  command = plan

  assert {
    condition     = var.region == "eu-central-1" && var.zones == tomap({ staging = "staging.parcellab.com", production = "parcellab.com" })
    error_message = "the example is another"
  }

  assert {
    condition     = output.backend.use_lockfile && output.backend.encrypt
    error_message = "the state would not be locked, or not encrypted"
  }

  assert {
    condition     = keys(aws_route53_record.delegation) == ["staging"] && aws_route53_record.delegation["staging"].name == "staging.parcellab.com" && aws_route53_record.delegation["staging"].type == "NS"
    error_message = "staging's zone is not delegated from production's"
  }

  assert {
    condition     = length(aws_route53_zone.this) == 2 && length(aws_iam_service_linked_role.spot) == 1
    error_message = "zones or the role of Spot are missing"
  }
}
