# Layer platform of staging. Planned by the real provider, without network and without an account.

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
  account_id               = "123456789012"
  region                   = "eu-central-1"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
  zone_id                  = "Z0123456789ABCDEFGHIJ"
  zone_name                = "staging.parcellab.com"
  cluster_name             = "toolcrib-staging"
  mysql_host               = "db.example"
  mysql_admin_secret_arn   = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1-AbCdEf"
  database_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  export_bucket            = "toolcrib-staging-exports-123456789012"
  export_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn          = "arn:aws:sns:eu-central-1:123456789012:toolcrib-staging-alarms"
}

override_resource {
  target          = module.secrets_key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/66666666-7777-8888-9999-000000000000" }
}

run "staging_plans_a_b_and_c" {
  command = plan

  assert {
    condition     = join(",", keys(output.customers)) == "a,b,c"
    error_message = "the customers are others"
  }

  assert {
    condition     = alltrue([for name, customer in output.customers : customer.namespace == "customer-${name}" && customer.host == "customer-${name}.staging.parcellab.com" && customer.database == "customer_${name}" && customer.secret == "toolcrib/staging/customer-${name}/hardware"])
    error_message = "a customer has other names"
  }
}

run "external_secrets_reads_this_environment_only" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : statement if statement.Sid == "ReadSecretsOfThisEnvironment"]).Resource == "arn:aws:secretsmanager:eu-central-1:123456789012:secret:toolcrib/staging/*"
    error_message = "External Secrets may read other secrets"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : statement if statement.Sid == "DecryptThem"]).Resource == "arn:aws:kms:eu-central-1:123456789012:key/66666666-7777-8888-9999-000000000000" && one([for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : statement if statement.Sid == "DecryptThem"]).Condition.StringEquals["kms:ViaService"] == "secretsmanager.eu-central-1.amazonaws.com"
    error_message = "External Secrets may decrypt other things"
  }

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement) == 2 && alltrue([for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : alltrue([for action in flatten([statement.Action]) : contains(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "kms:Decrypt"], action)])])
    error_message = "External Secrets may do more than read"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.external_secrets.json).Statement : statement.Effect == "Deny" || !contains(flatten([try(statement.Action, [])]), "*")])
    error_message = "a statement allows every action"
  }
}

run "external_secrets_takes_on_one_role_and_no_other" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(data.aws_iam_policy_document.external_secrets_with_system.json).Statement : statement.Resource if contains(flatten([statement.Action]), "sts:AssumeRole")] == ["arn:aws:iam::123456789012:role/toolcrib-staging-system"]
    error_message = "External Secrets may take on other roles than that of toolcrib-system"
  }
}

run "toolcrib_system_reads_the_administrator_and_the_customers" {
  command = plan

  assert {
    condition     = toset(one([for statement in jsondecode(data.aws_iam_policy_document.toolcrib_system.json).Statement : statement if statement.Sid == "ReadAdministratorAndCustomers"]).Resource) == toset([var.mysql_admin_secret_arn, "arn:aws:secretsmanager:eu-central-1:123456789012:secret:toolcrib/staging/customer-*"])
    error_message = "toolcrib-system may read other secrets"
  }

  assert {
    condition     = toset(one([for statement in jsondecode(data.aws_iam_policy_document.toolcrib_system.json).Statement : statement if statement.Sid == "DecryptThem"]).Resource) == toset([var.database_key_arn, "arn:aws:kms:eu-central-1:123456789012:key/66666666-7777-8888-9999-000000000000"])
    error_message = "toolcrib-system may decrypt other things"
  }

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.toolcrib_system.json).Statement) == 2
    error_message = "toolcrib-system may do something else"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.toolcrib_system.json).Statement : statement.Effect == "Deny" || !contains(flatten([try(statement.Action, [])]), "*")])
    error_message = "a statement allows every action"
  }
}
