# How many connections there may be. The arithmetic in words: docs/operations/aws.md, Connection budget.

locals {
  family = element(split(".", var.instance_class), 1)
  size   = element(split(".", var.instance_class), 2)

  # GiB of a `large` by the family's first letter, and how many of these a size has.
  large_gib = { c = 4, t = 8, m = 8, r = 16 }
  sizes = {
    micro      = 0.125, small = 0.25, medium = 0.5, large = 1, xlarge = 2, "2xlarge" = 4, "4xlarge" = 8, "8xlarge" = 16,
    "12xlarge" = 24, "16xlarge" = 32, "24xlarge" = 48
  }
  memory_gib = lookup(local.large_gib, substr(local.family, 0, 1), 0) * lookup(local.sizes, local.size, 0)

  # RDS's own rule: one connection for each 12,582,880 bytes of the instance.
  connections_by_memory = floor(local.memory_gib * pow(1024, 3) / 12582880)

  # The rest is for the administrator, migrations, and a deploy that has old and new pods for a while.
  connection_budget = floor(var.max_connections * 0.7)
}
