output "name" {
  description = "Name of the cluster, for `aws eks update-kubeconfig`."
  value       = aws_eks_cluster.this.name
}

output "arn" {
  description = "ARN of the cluster. Trust policies of pods' roles name it."
  value       = aws_eks_cluster.this.arn
}

output "node_security_group_id" {
  description = "Security group of all nodes of Auto Mode (EKS makes it, and the control plane has it too)."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

output "node_role_name" {
  description = "Role of the nodes, which NodeClasses in k8s/platform name."
  value       = aws_iam_role.node.name
}
