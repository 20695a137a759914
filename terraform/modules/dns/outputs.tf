output "certificate_arns" {
  description = "Certificates by customer, each for the host and `*.host`; usable as soon as this is known."
  value       = { for customer, validation in aws_acm_certificate_validation.this : customer => validation.certificate_arn }
}

output "alb_group" {
  description = "Group of the one ALB that all Ingresses share (`spec.group.name` of IngressClassParams)."
  value       = var.name
}

output "external_dns_role_arn" {
  description = "Role of external-dns."
  value       = module.external_dns.role_arn
}
