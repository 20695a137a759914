output "namespace" {
  description = "Namespace of the customer's pods."
  value       = local.namespace
}

output "database" {
  description = "Schema and user of the customer, for `hardware database ensure --database D --user U`."
  value       = local.database
}

output "secret_name" {
  description = "Secret with the four `MYSQL_*` of `hardware`, as an ExternalSecret names it."
  value       = aws_secretsmanager_secret.hardware.name
}

output "secret_arn" {
  description = "ARN of that secret."
  value       = aws_secretsmanager_secret.hardware.arn
}

output "portal_secret_name" {
  description = "Secret with `PORTAL_SECRET`."
  value       = aws_secretsmanager_secret.portal.name
}

output "role_arn" {
  description = "Role of the pods of `hardware`."
  value       = module.pods.role_arn
}

output "storage_url" {
  description = "`STORAGE_URL` of `hardware`."
  value       = "s3://${var.export_bucket}/${local.namespace}"
}
