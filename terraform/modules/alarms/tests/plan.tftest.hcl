# The topic. Planned by the real provider, without network and without an account.

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
  name       = "toolcrib-staging"
  account_id = "123456789012"
  region     = "eu-central-1"
  emails     = ["oncall@example.com"]
}

override_resource {
  target          = module.key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
}

run "only_services_of_this_account_publish_and_only_by_tls" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "ServicesOfThisAccountPublish"]).Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "services may publish for other accounts"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "TlsOnly"]).Effect == "Deny" && one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "TlsOnly"]).Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "messages may be published without TLS"
  }

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    error_message = "messages are not encrypted"
  }

  assert {
    condition     = join(",", keys(aws_sns_topic_subscription.email)) == "oncall@example.com"
    error_message = "nobody gets the alarms"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement.Effect == "Deny" || !contains(flatten([try(statement.Action, [])]), "*")])
    error_message = "a statement allows every action"
  }
}
