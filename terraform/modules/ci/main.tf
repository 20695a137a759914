# What pipelines may do. No long-lived keys: GitHub and GitLab prove by OIDC which job is asking.

locals {
  # One role for each environment and purpose.
  roles = merge([
    for environment in var.environments : {
      for purpose in ["plan", "apply", "deploy"] : "${environment}-${purpose}" => {
        environment = environment
        purpose     = purpose
      }
    }
  ]...)

  github = var.github_repository == null ? {} : { github = "https://token.actions.githubusercontent.com" }
  gitlab = var.gitlab_project == null ? {} : { gitlab = var.gitlab_url }
  issuer = { for name, url in merge(local.github, local.gitlab) : name => trimprefix(url, "https://") }

  audience = { github = "sts.amazonaws.com", gitlab = var.gitlab_url }

  # Whom each role believes. GitHub's token names the deployment environment, whose rules (who approves, from which branch)
  # are kept there: staging-plan, staging-apply, and so on. GitLab's names no environment that IAM could compare, so it is
  # the protected default branch.
  subjects = {
    for role in keys(local.roles) : role => {
      github = "repo:${coalesce(var.github_repository, "-")}:environment:${role}"
      gitlab = "project_path:${coalesce(var.gitlab_project, "-")}:ref_type:branch:ref:${var.gitlab_branch}"
    }
  }
}

resource "aws_iam_openid_connect_provider" "this" {
  for_each = merge(local.github, local.gitlab)

  url            = each.value
  client_id_list = [local.audience[each.key]]

  tags = { Name = each.key }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  dynamic "statement" {
    for_each = local.issuer

    content {
      sid     = title(statement.key)
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = ["arn:aws:iam::${var.account_id}:oidc-provider/${statement.value}"]
      }

      condition {
        test     = "StringEquals"
        variable = "${statement.value}:aud"
        values   = [local.audience[statement.key]]
      }

      condition {
        test     = "StringEquals"
        variable = "${statement.value}:sub"
        values   = [local.subjects[each.key][statement.key]]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "toolcrib-ci-${each.key}"
  description          = "Pipelines: ${each.value.purpose} of ${each.value.environment}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = each.value.purpose == "apply" ? 7200 : 3600

  depends_on = [aws_iam_openid_connect_provider.this]
}
