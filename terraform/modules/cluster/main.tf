# EKS Auto Mode: AWS runs nodes, CNI, load balancer controller, EBS driver and Pod Identity agent. Why: ADR 28.

# Made before the cluster. Otherwise EKS makes it, without encryption and kept for ever.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/eks/${var.name}/cluster"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.logs_key_arn
}

module "key" {
  source = "../key"

  name        = "${var.name}-cluster"
  description = "Kubernetes Secrets of cluster ${var.name}"
  account_id  = var.account_id
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  version  = var.kubernetes_version
  role_arn = aws_iam_role.cluster.arn

  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  # Auto Mode brings its own; the self-managed ones would be in its way.
  bootstrap_self_managed_addons = false

  access_config {
    authentication_mode = "API"
    # Whoever creates the cluster is a CI role, which needs no rights inside. Everybody who has some is in access_entries.
    bootstrap_cluster_creator_admin_permissions = false
  }

  compute_config {
    enabled       = true
    node_pools    = ["general-purpose", "system"]
    node_role_arn = aws_iam_role.node.arn
  }

  kubernetes_network_config {
    ip_family         = "ipv4"
    service_ipv4_cidr = var.service_cidr

    elastic_load_balancing {
      enabled = true
    }
  }

  storage_config {
    block_storage {
      enabled = true
    }
  }

  vpc_config {
    subnet_ids              = var.subnet_ids
    endpoint_private_access = true
    endpoint_public_access  = length(var.public_access_cidrs) > 0
    public_access_cidrs     = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = module.key.arn
    }
  }

  # STANDARD: at the end of standard support AWS upgrades. EXTENDED would cost six times as much an hour instead.
  upgrade_policy {
    support_type = "STANDARD"
  }

  # AWS may lead traffic away from a zone in trouble.
  zonal_shift_config {
    enabled = true
  }

  tags = { Name = var.name }

  # While the cluster is destroyed it still needs its rights: it removes nodes and network interfaces.
  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy.cluster,
    aws_iam_role_policy_attachment.cluster,
    aws_iam_role_policy_attachment.node,
  ]
}

resource "aws_eks_addon" "this" {
  for_each = var.addons

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = each.value.version
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "PRESERVE"
}
