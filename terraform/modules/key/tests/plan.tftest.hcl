# A key and its policy. Planned by the real provider, without network and without an account.

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
  name        = "toolcrib-staging-logs"
  description = "Logs"
  account_id  = "123456789012"
  services = {
    logs = {
      principal  = "logs.eu-central-1.amazonaws.com"
      actions    = ["kms:Decrypt"]
      conditions = [{ test = "ArnLike", variable = "kms:EncryptionContext:aws:logs:arn", values = ["arn:aws:logs:eu-central-1:123456789012:log-group:*"] }]
    }
  }
}

run "a_key_is_renewed_and_not_lost_at_once" {
  command = plan

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "the key is not renewed every year, or is gone in less than 30 days"
  }

  assert {
    condition     = aws_kms_alias.this.name == "alias/toolcrib-staging-logs"
    error_message = "the alias has another name"
  }
}

run "only_the_account_and_the_named_services_use_a_key" {
  command = plan

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.this.json).Statement) == 2
    error_message = "the policy has other statements than the account's and the service's"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "AccountGivesRightsByIam"]).Principal.AWS == "arn:aws:iam::123456789012:root"
    error_message = "somebody else than the account itself administers the key"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement if statement.Sid == "ServiceLogs"]).Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] == "arn:aws:logs:eu-central-1:123456789012:log-group:*"
    error_message = "the service may use the key for other accounts"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.this.json).Statement : statement.Effect == "Deny" || !contains(flatten([try(statement.Action, [])]), "*")])
    error_message = "a statement allows every action"
  }
}
