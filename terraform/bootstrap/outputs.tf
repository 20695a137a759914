output "backend" {
  description = "Settings of the S3 backend, without the key; `make apply LAYER=bootstrap` writes them to `backend.hcl` of the bootstrap and of each environment."
  value = {
    bucket       = module.state.name
    region       = var.region
    kms_key_id   = module.state_key.arn
    encrypt      = true
    use_lockfile = true
  }
}

output "environments" {
  description = "Inputs of the layers of each environment; written to `bootstrap.auto.tfvars.json` in each layer."
  value = {
    for environment in keys(var.zones) : environment => {
      base = {
        account_id               = var.account_id
        region                   = var.region
        zone_name                = var.zones[environment]
        permissions_boundary_arn = module.ci.permissions_boundary_arn
        deploy_role_arn          = module.ci.role_arns["${environment}-deploy"]
        log_bucket               = module.logs.name
      }
      platform = {
        account_id               = var.account_id
        region                   = var.region
        zone_id                  = aws_route53_zone.this[environment].zone_id
        zone_name                = var.zones[environment]
        permissions_boundary_arn = module.ci.permissions_boundary_arn
      }
    }
  }
}

output "name_servers" {
  description = "Name servers of each zone, to be entered where the domain above it is kept."
  value       = { for environment, zone in aws_route53_zone.this : environment => zone.name_servers }
}

output "ci_role_arns" {
  description = "Roles that pipelines take, by environment and purpose."
  value       = module.ci.role_arns
}

output "repository_urls" {
  description = "Addresses that `make push` pushes to, by image."
  value       = module.ci.repository_urls
}
