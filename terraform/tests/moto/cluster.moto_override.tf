resource "aws_eks_addon" "this" {
  for_each = {}
}

resource "aws_eks_access_entry" "this" {
  for_each = {}
}

resource "aws_eks_access_policy_association" "this" {
  for_each = {}
}

# moto's clusters have no security group.
output "node_security_group_id" {
  value = aws_security_group.moto.id
}
