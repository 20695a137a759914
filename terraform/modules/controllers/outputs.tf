output "external_secrets_role_arn" {
  description = "Role of the controller of External Secrets."
  value       = module.external_secrets.role_arn
}

output "toolcrib_system_role_arn" {
  description = "Role that the SecretStore of `toolcrib-system` names (`spec.provider.aws.role`)."
  value       = module.toolcrib_system.role_arn
}
