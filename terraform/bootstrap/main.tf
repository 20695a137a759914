# What has to be there before anything else, once for each account: where the state lies, the names, what pipelines may do,
# the registry.

locals {
  name = "toolcrib-${var.account_id}"

  tags = {
    project    = "toolcrib"
    component  = "bootstrap"
    managed-by = "terraform"
  }
}

module "state_key" {
  source = "../modules/key"

  name        = "toolcrib-state"
  description = "Terraform's state"
  account_id  = var.account_id
}

module "logs" {
  source = "../modules/bucket"

  name        = "${local.name}-access-logs"
  account_id  = var.account_id
  takes_logs  = true
  expire_days = 365
}

# There is no lock table: the backend locks by an object beside the state (use_lockfile).
module "state" {
  source = "../modules/bucket"

  name              = "${local.name}-state"
  account_id        = var.account_id
  key_arn           = module.state_key.arn
  log_bucket        = module.logs.name
  old_versions_days = 365
}

resource "aws_route53_zone" "this" {
  # checkov:skip=CKV2_AWS_38:DNSSEC needs a record at the registrar, by hand: docs/operations/aws.md, First apply
  # checkov:skip=CKV2_AWS_39:query logs would tell who looks up which customer; nobody has asked for them
  for_each = var.zones

  name    = each.value
  comment = "Toolcrib, ${each.key}"

  # A new zone has other name servers: whoever delegated to the old ones points to nobody.
  lifecycle {
    prevent_destroy = true
  }
}

# Where both live here, the lower one (staging.parcellab.com) is delegated from the upper one (parcellab.com). The upper one, or
# a single one, is delegated by hand: docs/operations/aws.md, First apply.
locals {
  parents = {
    for environment, name in var.zones : environment => one([for other, parent in var.zones : other if endswith(name, ".${parent}")])
  }
}

resource "aws_route53_record" "delegation" {
  for_each = { for environment, parent in local.parents : environment => parent if parent != null }

  zone_id = aws_route53_zone.this[each.value].zone_id
  name    = var.zones[each.key]
  type    = "NS"
  ttl     = 3600
  records = aws_route53_zone.this[each.key].name_servers
}

module "ci" {
  source = "../modules/ci"

  account_id        = var.account_id
  region            = var.region
  environments      = toset(keys(var.zones))
  github_repository = var.github_repository
  gitlab_project    = var.gitlab_project
  gitlab_url        = var.gitlab_url
  gitlab_branch     = var.gitlab_branch
  state_bucket      = module.state.name
  log_bucket        = module.logs.name
  state_key_arn     = module.state_key.arn
  images_kept       = var.images_kept
}

# Spot node pools need it. An account that ever ran Spot has it already: then create_spot_role = false.
resource "aws_iam_service_linked_role" "spot" {
  count = var.create_spot_role ? 1 : 0

  aws_service_name = "spot.amazonaws.com"
}
