output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Subnets of nodes and control plane, by zone."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "public_subnet_cidrs" {
  description = "Addresses of the public subnets, where the load balancer lives: what network policies have to let in."
  value       = [for zone in sort(keys(aws_subnet.public)) : aws_subnet.public[zone].cidr_block]
}

output "database_subnet_ids" {
  description = "Subnets without a route out, by zone."
  value       = { for zone, subnet in aws_subnet.database : zone => subnet.id }
}

output "database_subnet_cidrs" {
  description = "Addresses of the database subnets: where network policies have to let `hardware` go to."
  value       = [for zone in sort(keys(aws_subnet.database)) : aws_subnet.database[zone].cidr_block]
}
