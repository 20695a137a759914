# What pipelines may do. Planned by the real provider, without network and without an account.

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
  account_id        = "123456789012"
  region            = "eu-central-1"
  environments      = ["staging", "production"]
  github_repository = "acme/toolcrib"
  gitlab_project    = "acme/tools/toolcrib"
  state_bucket      = "toolcrib-123456789012-state"
  log_bucket        = "toolcrib-123456789012-access-logs"
  state_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

override_resource {
  target          = module.key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
}

run "each_role_believes_one_repository_and_environment" {
  command = plan

  assert {
    condition     = join(",", keys(aws_iam_role.this)) == "production-apply,production-deploy,production-plan,staging-apply,staging-deploy,staging-plan"
    error_message = "the roles are others"
  }

  assert {
    condition     = alltrue([for name in keys(aws_iam_role.this) : one([for statement in jsondecode(data.aws_iam_policy_document.trust[name].json).Statement : statement if statement.Sid == "Github"]).Condition.StringEquals == { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com", "token.actions.githubusercontent.com:sub" = "repo:acme/toolcrib:environment:${name}" }])
    error_message = "a role believes other jobs of GitHub than those of its repository and environment"
  }

  assert {
    condition     = alltrue([for name in keys(aws_iam_role.this) : one([for statement in jsondecode(data.aws_iam_policy_document.trust[name].json).Statement : statement if statement.Sid == "Gitlab"]).Condition.StringEquals == { "gitlab.com:aud" = "https://gitlab.com", "gitlab.com:sub" = "project_path:acme/tools/toolcrib:ref_type:branch:ref:main" }])
    error_message = "a role believes other jobs of GitLab than those of its project and branch"
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.trust : length(jsondecode(document.json).Statement) == 2 && alltrue([for statement in jsondecode(document.json).Statement : statement.Action == "sts:AssumeRoleWithWebIdentity"])])
    error_message = "a role can be taken in another way"
  }
}

run "without_gitlab_nobody_of_gitlab_is_believed" {
  command = plan

  variables {
    gitlab_project = null
  }

  assert {
    condition     = join(",", keys(aws_iam_openid_connect_provider.this)) == "github" && alltrue([for document in data.aws_iam_policy_document.trust : length(jsondecode(document.json).Statement) == 1])
    error_message = "GitLab is believed"
  }
}

run "plan_changes_nothing" {
  command = plan

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.plan : alltrue(flatten([for statement in jsondecode(document.json).Statement : [for action in flatten([statement.Action]) : can(regex("^[a-z0-9]+:(Describe|Get|List)|^kms:Decrypt$", action))]]))])
    error_message = "plan may change something"
  }

  assert {
    condition     = alltrue([for name, document in data.aws_iam_policy_document.plan : [for statement in jsondecode(document.json).Statement : statement.Resource if statement.Sid == "VersionsOfCustomersSecrets"] == ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:toolcrib/${trimsuffix(name, "-plan")}/customer-*"]])
    error_message = "plan may read other secrets than the customers' of its environment"
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.plan : !strcontains(document.json, "s3:GetObject\"")])
    error_message = "plan may read objects beyond the state"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.state["staging-plan"].json).Statement : !contains(flatten([statement.Action]), "s3:PutObject") || statement.Resource == "arn:aws:s3:::toolcrib-123456789012-state/staging/*.tflock"])
    error_message = "plan may write the state"
  }

  assert {
    condition     = alltrue([for name, document in data.aws_iam_policy_document.state : alltrue([for statement in jsondecode(document.json).Statement : statement.Sid == "FindState" || statement.Sid == "KeyOfState" || startswith(statement.Resource, "arn:aws:s3:::toolcrib-123456789012-state/${split("-", name)[0]}/")])])
    error_message = "a role reaches the state of another environment"
  }
}

run "apply_cannot_make_itself_more" {
  command = plan

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.apply : one([for statement in jsondecode(document.json).Statement : statement if statement.Sid == "MakeRolesWithinTheBoundary"]).Condition.StringEquals["iam:PermissionsBoundary"] == "arn:aws:iam::123456789012:policy/toolcrib-boundary"])
    error_message = "apply may make roles without the boundary"
  }

  assert {
    condition     = alltrue(flatten([for name, document in data.aws_iam_policy_document.apply : [for statement in jsondecode(document.json).Statement : startswith(statement.Resource, "arn:aws:iam::123456789012:role/toolcrib-${trimsuffix(name, "-apply")}-") || statement.Sid == "ServiceLinkedRoles" if statement.Effect == "Allow"]]))
    error_message = "apply may change other roles than those of its environment"
  }

  assert {
    condition     = alltrue(flatten([for document in data.aws_iam_policy_document.apply : [for statement in jsondecode(document.json).Statement : length(setintersection(flatten([statement.Action]), ["iam:*", "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:CreateUser", "iam:CreateAccessKey", "iam:DeleteRolePermissionsBoundary"])) == 0 if statement.Effect == "Allow"]]))
    error_message = "apply may make itself more than it is"
  }

  assert {
    condition     = alltrue([for attachment in aws_iam_role_policy_attachment.apply : attachment.policy_arn == "arn:aws:iam::aws:policy/PowerUserAccess"])
    error_message = "apply has another policy"
  }

  assert {
    condition     = alltrue(flatten([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : [for action in flatten([try(statement.Action, [])]) : !contains(["*", "iam:*", "iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"], action) && (action != "sts:AssumeRole" || statement.Resource == "arn:aws:iam::123456789012:role/toolcrib-*-system")]]))
    error_message = "the boundary lets a role change rights, or take on others"
  }

  assert {
    condition     = toset(one([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.NotAction if can(statement.NotAction)])) == toset(["iam:*", "sts:AssumeRole", "organizations:*", "account:*", "sso:*", "sso-directory:*", "identitystore:*"])
    error_message = "the boundary leaves identities in"
  }
}

run "apply_leaves_alone_what_is_not_its_own" {
  command = plan

  assert {
    condition     = alltrue([for name, document in data.aws_iam_policy_document.apply : one([for statement in jsondecode(document.json).Statement : statement if statement.Sid == "NothingOfOtherEnvironments"]).Effect == "Deny" && one([for statement in jsondecode(document.json).Statement : statement if statement.Sid == "NothingOfOtherEnvironments"]).Condition.StringEquals["aws:ResourceTag/environment"] == (name == "staging-apply" ? "production" : "staging")])
    error_message = "apply of one environment may change the other"
  }

  assert {
    condition     = alltrue([for document in data.aws_iam_policy_document.apply : one([for statement in jsondecode(document.json).Statement : statement if statement.Sid == "NothingOfTheBootstrapsBuckets"]).Effect == "Deny" && contains(one([for statement in jsondecode(document.json).Statement : statement if statement.Sid == "NothingOfTheBootstrapsBuckets"]).Resource, "arn:aws:s3:::toolcrib-123456789012-access-logs/*") && one([for statement in jsondecode(document.json).Statement : statement if statement.Sid == "NothingElseOfTheBootstraps"]).Effect == "Deny" && one([for statement in jsondecode(document.json).Statement : statement if statement.Sid == "NoOtherRole"]).Effect == "Deny"])
    error_message = "apply may change what the bootstrap made, or take on other roles"
  }

  assert {
    condition     = alltrue([for name, document in data.aws_iam_policy_document.state : toset(one([for statement in jsondecode(document.json).Statement : statement if statement.Sid == "FindState"]).Condition.StringLike["s3:prefix"]) == toset(["${split("-", name)[0]}/*", "env:/"])])
    error_message = "a role lists other states, or Terraform cannot look for workspaces when it begins"
  }
}

run "deploy_pushes_our_images_and_finds_its_cluster" {
  command = plan

  assert {
    condition     = alltrue(flatten([for document in data.aws_iam_policy_document.deploy : [for statement in jsondecode(document.json).Statement : flatten([statement.Resource]) != ["*"] || statement.Action == "ecr:GetAuthorizationToken"]]))
    error_message = "deploy may do more than sign in everywhere"
  }

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.deploy["staging-deploy"].json).Statement : statement.Resource if statement.Sid == "FindCluster"]) == "arn:aws:eks:eu-central-1:123456789012:cluster/toolcrib-staging"
    error_message = "deploy of staging finds other clusters"
  }

  assert {
    condition     = alltrue(flatten([for documents in [data.aws_iam_policy_document.plan, data.aws_iam_policy_document.apply, data.aws_iam_policy_document.deploy, data.aws_iam_policy_document.state] : [for document in documents : [for statement in jsondecode(document.json).Statement : statement.Effect == "Deny" || !contains(flatten([statement.Action]), "*")]]]))
    error_message = "a statement allows every action"
  }
}

run "an_image_is_written_once_and_looked_at" {
  command = plan

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : repository.image_tag_mutability == "IMMUTABLE" && one(repository.image_scanning_configuration).scan_on_push && one(repository.encryption_configuration).encryption_type == "KMS" && !repository.force_delete])
    error_message = "a tag could be moved, an image is not scanned or not encrypted, or the registry goes with its images"
  }

  assert {
    condition     = alltrue([for policy in aws_ecr_lifecycle_policy.this : jsondecode(policy.policy).rules[1].selection.countNumber == 200])
    error_message = "images are kept for ever"
  }
}
