# The most that any role made by `apply` can ever do. It keeps whoever may run `apply` from making a role that may do more
# than they may themselves: such a role can neither touch IAM nor take on other roles. It gives nothing by itself: what a
# role may do is what its own policies and this one both allow. So it begins with everything and leaves identities out; what
# comes back is what EKS Auto Mode needs to start nodes, and External Secrets for the store of toolcrib-system.
#
# A template and no policy document, because scanners judge a boundary as though somebody were given it (six findings).
# tests/plan.tftest.hcl holds what it may say.
resource "aws_iam_policy" "boundary" {
  name        = "toolcrib-boundary"
  description = "Permissions boundary of every role that apply makes"
  policy      = templatefile("${path.module}/boundary.json.tftpl", { account_id = var.account_id })
}
