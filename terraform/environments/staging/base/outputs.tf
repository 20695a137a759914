output "platform" {
  description = "Inputs of layer platform; `make plan` hands them over."
  value = {
    cluster_name           = module.cluster.name
    mysql_host             = module.database.mysql_host
    mysql_admin_secret_arn = module.database.mysql_admin_secret_arn
    database_key_arn       = module.database.key_arn
    export_bucket          = module.exports.name
    export_key_arn         = module.exports_key.arn
    alarm_topic_arn        = module.alarms.topic_arn
  }
}

output "cluster_name" {
  description = "`CLUSTER_NAME` of `params.env`."
  value       = module.cluster.name
}

output "node_role_name" {
  description = "`NODE_ROLE_NAME` of `params.env`: role of NodeClasses."
  value       = module.cluster.node_role_name
}

output "node_security_group_id" {
  description = "`NODE_SECURITY_GROUP_ID` of `params.env`: security group of NodeClasses; only its members reach MySQL."
  value       = module.cluster.node_security_group_id
}

output "private_subnet_ids" {
  description = "`PRIVATE_SUBNET_IDS` of `params.env`: subnets of NodeClasses."
  value       = values(module.network.private_subnet_ids)
}

output "alb_cidrs" {
  description = "`ALB_CIDRS` of `params.env`: where the load balancer's requests come from, for network policies."
  value       = module.network.public_subnet_cidrs
}

output "database_cidrs" {
  description = "`DATABASE_CIDRS` of `params.env`: where `hardware` may connect to, for network policies."
  value       = module.network.database_subnet_cidrs
}

output "mysql_host" {
  description = "`MYSQL_HOST`: the writer's address, without a port."
  value       = module.database.mysql_host
}

output "mysql_read_host" {
  description = "The address that reads may go to."
  value       = module.database.mysql_read_host
}

output "mysql_port" {
  description = "`MYSQL_PORT`."
  value       = module.database.mysql_port
}

output "mysql_admin_user" {
  description = "Administrator of the database."
  value       = module.database.mysql_admin_user
}

output "mysql_admin_secret_arn" {
  description = "Secret with the administrator's password."
  value       = module.database.mysql_admin_secret_arn
}

output "export_bucket" {
  description = "`EXPORT_BUCKET` of `params.env`."
  value       = module.exports.name
}

output "connections" {
  description = "The connection budget, and what the customers' pods may open of it."
  value = {
    budget = module.database.connection_budget
    needed = module.customers.connections_needed
  }
}
