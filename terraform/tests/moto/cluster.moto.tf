# moto's clusters have no security group of their own; this one stands in for it.
resource "aws_security_group" "moto" {
  name = "eks-cluster-sg-${var.name}"
}
