# Who reads secrets inside the cluster. Planned by the real provider, without network and without an account.

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
  name                     = "toolcrib-staging"
  environment              = "staging"
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cluster_name             = "toolcrib-staging"
  mysql_admin_secret_arn   = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1-AbCdEf"
  database_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  secrets_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/66666666-7777-8888-9999-000000000000"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
}

# Otherwise known only after apply, and with it the trust policy that names it.
override_resource {
  target          = module.external_secrets.aws_iam_role.this
  override_during = plan
  values          = { arn = "arn:aws:iam::123456789012:role/toolcrib-staging-external-secrets" }
}

run "external_secrets_reads_this_environment_only" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : statement if statement.Sid == "ReadSecretsOfThisEnvironment"]).Resource == "arn:aws:secretsmanager:eu-central-1:123456789012:secret:toolcrib/staging/*"
    error_message = "External Secrets may read other secrets"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : statement if statement.Sid == "DecryptThem"]).Resource == var.secrets_key_arn && one([for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : statement if statement.Sid == "DecryptThem"]).Condition.StringEquals["kms:ViaService"] == "secretsmanager.eu-central-1.amazonaws.com"
    error_message = "External Secrets may decrypt other things"
  }

  assert {
    condition     = [for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : statement.Resource if contains(flatten([statement.Action]), "sts:AssumeRole")] == ["arn:aws:iam::123456789012:role/toolcrib-staging-system"]
    error_message = "External Secrets may take on other roles than that of toolcrib-system"
  }

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement) == 3 && alltrue(flatten([for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : [for action in flatten([statement.Action]) : contains(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "kms:Decrypt", "sts:AssumeRole", "sts:TagSession"], action)]]))
    error_message = "External Secrets may do more than read"
  }
}

run "toolcrib_system_reads_the_administrator_and_the_customers" {
  command = plan

  assert {
    condition     = toset(one([for statement in jsondecode(data.aws_iam_policy_document.toolcrib_system.json).Statement : statement if statement.Sid == "ReadAdministratorAndCustomers"]).Resource) == toset([var.mysql_admin_secret_arn, "arn:aws:secretsmanager:eu-central-1:123456789012:secret:toolcrib/staging/customer-*"])
    error_message = "toolcrib-system may read other secrets"
  }

  assert {
    condition     = toset(one([for statement in jsondecode(data.aws_iam_policy_document.toolcrib_system.json).Statement : statement if statement.Sid == "DecryptThem"]).Resource) == toset([var.database_key_arn, var.secrets_key_arn])
    error_message = "toolcrib-system may decrypt other things"
  }

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.toolcrib_system.json).Statement) == 2
    error_message = "toolcrib-system may do something else"
  }
}
