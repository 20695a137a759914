# Every validation refuses what it is there for, and says so by the variable's name. No provider is asked.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  account_id = "123456789012"
}

run "good_values_pass" {
  command = plan
}

run "refuses_the_account_of_the_example" {
  command = plan

  variables {
    account_id = "000000000000"
  }

  expect_failures = [var.account_id]
}

run "refuses_a_region_of_another_partition" {
  command = plan

  variables {
    region = "cn-north-1"
  }

  expect_failures = [var.region]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    zones = { test = "test.parcellab.com" }
  }

  expect_failures = [var.zones]
}

run "refuses_one_zone_for_two_environments" {
  command = plan

  variables {
    zones = { staging = "parcellab.com", production = "parcellab.com" }
  }

  expect_failures = [var.zones]
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

run "refuses_to_keep_too_few_images" {
  command = plan

  variables {
    images_kept = 3
  }

  expect_failures = [var.images_kept]
}
