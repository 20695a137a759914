# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id        = "123456789012"
  region            = "eu-central-1"
  environments      = ["staging", "production"]
  github_repository = "toolcrib/toolcrib"
  gitlab_project    = "toolcrib/toolcrib"
  state_bucket      = "toolcrib-123456789012-state"
  log_bucket        = "toolcrib-123456789012-access-logs"
  state_key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "good_values_pass" {
  command = plan
}

run "refuses_what_is_no_name_number_or_arn" {
  command = plan

  variables {
    account_id = "12345678901"
    region     = "cn-north-1"
  }

  expect_failures = [var.account_id, var.region]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environments = ["test"]
  }

  expect_failures = [var.environments]
}

run "refuses_any_repository_of_an_owner" {
  command = plan

  variables {
    github_repository = "toolcrib/*"
  }

  expect_failures = [var.github_repository]
}

run "refuses_any_project_of_a_group" {
  command = plan

  variables {
    gitlab_project = "toolcrib/*"
  }

  expect_failures = [var.gitlab_project]
}

run "refuses_roles_that_nobody_can_take" {
  command = plan

  variables {
    github_repository = null
    gitlab_project    = null
  }

  expect_failures = [var.gitlab_project]
}

run "refuses_gitlab_without_tls" {
  command = plan

  variables {
    gitlab_url = "http://gitlab.example"
  }

  expect_failures = [var.gitlab_url]
}

run "refuses_any_branch" {
  command = plan

  variables {
    gitlab_branch = "*"
  }

  expect_failures = [var.gitlab_branch]
}

run "refuses_any_bucket" {
  command = plan

  variables {
    state_bucket = "*"
  }

  expect_failures = [var.state_bucket]
}

run "refuses_any_bucket_of_logs" {
  command = plan

  variables {
    log_bucket = "*"
  }

  expect_failures = [var.log_bucket]
}

run "refuses_any_key" {
  command = plan

  variables {
    state_key_arn = "*"
  }

  expect_failures = [var.state_key_arn]
}

run "refuses_images_of_others" {
  command = plan

  variables {
    images = ["nginx"]
  }

  expect_failures = [var.images]
}

run "refuses_to_keep_too_few_images" {
  command = plan

  variables {
    images_kept = 3
  }

  expect_failures = [var.images_kept]
}
