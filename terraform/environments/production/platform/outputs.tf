output "customers" {
  description = "What overlays need of each customer: namespace, host, schema and user, secrets, storage, certificate."
  value = {
    for name, customer in module.customer : name => {
      namespace       = customer.namespace
      host            = module.customers.hosts[name]
      database        = customer.database
      secret          = customer.secret_name
      secret_arn      = customer.secret_arn
      portal_secret   = customer.portal_secret_name
      storage_url     = customer.storage_url
      certificate_arn = module.dns.certificate_arns[name]
    }
  }
}

output "certificate_arns" {
  description = "`CERTIFICATE_ARNS` of `params.env`: what the shared load balancer shows (IngressClassParams)."
  value       = values(module.dns.certificate_arns)
}

output "alb_group" {
  description = "`ALB_GROUP` of `params.env`: the group of the shared load balancer (IngressClassParams)."
  value       = module.dns.alb_group
}
