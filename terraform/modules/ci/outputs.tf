output "role_arns" {
  description = "Roles of pipelines by environment and purpose: `staging-plan`, `staging-apply`, `staging-deploy`, and so on."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "permissions_boundary_arn" {
  description = "Boundary that every role of an environment has to have."
  value       = aws_iam_policy.boundary.arn
}

output "repository_urls" {
  description = "Registry addresses by image."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}
