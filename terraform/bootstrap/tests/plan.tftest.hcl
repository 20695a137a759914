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
    condition     = length(aws_route53_zone.this) == 2 && length(aws_iam_service_linked_role.spot) == 1
    error_message = "zones or the role of Spot are missing"
  }
}
