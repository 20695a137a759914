output "mysql_host" {
  description = "`MYSQL_HOST`: the address of the writer, without a port."
  value       = local.cluster ? aws_rds_cluster.this[0].endpoint : aws_db_instance.this[0].address
}

output "mysql_read_host" {
  description = "The address that reads may go to: the standbys of a cluster, else the same as `mysql_host`."
  value       = local.cluster ? aws_rds_cluster.this[0].reader_endpoint : aws_db_instance.this[0].address
}

output "mysql_port" {
  description = "`MYSQL_PORT`."
  value       = local.cluster ? aws_rds_cluster.this[0].port : aws_db_instance.this[0].port
}

output "mysql_admin_user" {
  description = "Administrator, whom only the Jobs in `toolcrib-system` are."
  value       = local.admin
}

output "mysql_admin_secret_arn" {
  description = "Secret with the administrator's password. RDS names it (`rds!...`), keeps it and changes it."
  value       = local.cluster ? aws_rds_cluster.this[0].master_user_secret[0].secret_arn : aws_db_instance.this[0].master_user_secret[0].secret_arn
}

output "key_arn" {
  description = "Key of storage, snapshots and the administrator's secret."
  value       = module.key.arn
}

output "security_group_id" {
  description = "Security group of the database."
  value       = aws_security_group.this.id
}

output "connection_budget" {
  description = "Connections that all pods of all customers may have together: 70 % of `max_connections`."
  value       = local.connection_budget
}
