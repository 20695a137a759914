resource "aws_eks_addon" "external_dns" {
  count = 0
}
