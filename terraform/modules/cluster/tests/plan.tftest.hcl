# The cluster, its roles and who may enter. Planned by the real provider, without network and without an account.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

variables {
  name                     = "toolcrib-production"
  environment              = "production"
  account_id               = "123456789012"
  kubernetes_version       = "1.34"
  subnet_ids               = ["subnet-a", "subnet-b", "subnet-c"]
  log_retention_days       = 365
  logs_key_arn             = "arn:aws:kms:eu-central-1:123456789012:key/66666666-7777-8888-9999-000000000000"
  alarm_topic_arn          = "arn:aws:sns:eu-central-1:123456789012:toolcrib-staging-alarms"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
  access_entries = {
    sso    = { principal_arn = "arn:aws:iam::123456789012:role/admin", policies = { AmazonEKSClusterAdminPolicy = {} } }
    deploy = { principal_arn = "arn:aws:iam::123456789012:role/deploy", groups = ["toolcrib:deployers"] }
    audit  = { principal_arn = "arn:aws:iam::123456789012:role/audit", policies = { AmazonEKSViewPolicy = { namespaces = ["customer-a"] } } }
  }
}

override_resource {
  target          = module.key.aws_kms_key.this
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
}

run "the_endpoint_is_private" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "the API server can be reached over the internet"
  }
}

run "staging_may_open_the_endpoint_to_named_networks" {
  command = plan

  variables {
    name                = "toolcrib-staging"
    environment         = "staging"
    log_retention_days  = 30
    public_access_cidrs = ["203.0.113.0/24"]
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && aws_eks_cluster.this.vpc_config[0].endpoint_public_access && one(aws_eks_cluster.this.vpc_config[0].public_access_cidrs) == "203.0.113.0/24"
    error_message = "the endpoint is not open to just the network named"
  }
}

run "auto_mode_is_on_as_a_whole" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.compute_config[0].enabled && aws_eks_cluster.this.storage_config[0].block_storage[0].enabled && aws_eks_cluster.this.kubernetes_network_config[0].elastic_load_balancing[0].enabled
    error_message = "compute, block storage and load balancing have to be on together"
  }

  assert {
    condition     = aws_eks_cluster.this.compute_config[0].node_pools == toset(["general-purpose", "system"])
    error_message = "the built-in node pools are others"
  }

  assert {
    condition     = !aws_eks_cluster.this.bootstrap_self_managed_addons
    error_message = "self-managed add-ons would be in the way of Auto Mode"
  }

  assert {
    condition     = join(",", keys(aws_eks_addon.this)) == "metrics-server"
    error_message = "the add-ons are others"
  }

  assert {
    condition     = aws_eks_cluster.this.upgrade_policy[0].support_type == "STANDARD" && aws_eks_cluster.this.zonal_shift_config[0].enabled
    error_message = "extended support would cost six times as much, or there is no zonal shift"
  }
}

run "everything_is_logged_and_secrets_are_encrypted" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.enabled_cluster_log_types == toset(["api", "audit", "authenticator", "controllerManager", "scheduler"])
    error_message = "a kind of log is off"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/eks/${aws_eks_cluster.this.name}/cluster" && aws_cloudwatch_log_group.this.retention_in_days == 365 && aws_cloudwatch_log_group.this.kms_key_id == var.logs_key_arn
    error_message = "EKS would log into a group of its own, or the group is not encrypted and kept for a year"
  }

  assert {
    condition     = aws_eks_cluster.this.encryption_config[0].resources == toset(["secrets"]) && aws_eks_cluster.this.encryption_config[0].provider[0].key_arn == "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    error_message = "Secrets are not encrypted by the cluster's own key"
  }
}

run "nobody_enters_but_by_an_entry" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API" && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "there is a way in beside the access entries"
  }

  assert {
    condition     = join(",", keys(aws_eks_access_entry.this)) == "audit,deploy,sso"
    error_message = "there are other entries"
  }

  assert {
    condition     = aws_eks_access_entry.this["deploy"].kubernetes_groups == toset(["toolcrib:deployers"])
    error_message = "pipelines are not of the group toolcrib:deployers"
  }

  assert {
    condition     = join(",", keys(aws_eks_access_policy_association.this)) == "audit/AmazonEKSViewPolicy,sso/AmazonEKSClusterAdminPolicy"
    error_message = "somebody else has an access policy"
  }

  assert {
    condition     = aws_eks_access_policy_association.this["audit/AmazonEKSViewPolicy"].access_scope[0].type == "namespace" && aws_eks_access_policy_association.this["sso/AmazonEKSClusterAdminPolicy"].access_scope[0].type == "cluster"
    error_message = "a policy holds for more than it says"
  }
}

run "the_roles_are_eks_and_its_nodes_own" {
  command = plan

  assert {
    condition     = toset(flatten([jsondecode(data.aws_iam_policy_document.cluster_trust.json).Statement[0].Action])) == toset(["sts:AssumeRole", "sts:TagSession"])
    error_message = "Auto Mode needs sts:AssumeRole and sts:TagSession; without the second no node comes up"
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.cluster_trust.json).Statement[0].Principal.Service == "eks.amazonaws.com" && jsondecode(data.aws_iam_policy_document.cluster_trust.json).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "others may take the cluster's role"
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.node_trust.json).Statement[0].Principal.Service == "ec2.amazonaws.com"
    error_message = "others may take the nodes' role"
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.cluster) == 5 && join(",", keys(aws_iam_role_policy_attachment.node)) == "AmazonEC2ContainerRegistryPullOnly,AmazonEKSWorkerNodeMinimalPolicy"
    error_message = "the roles have other policies than Auto Mode asks for"
  }

  assert {
    condition     = aws_iam_role.cluster.permissions_boundary == var.permissions_boundary_arn && aws_iam_role.node.permissions_boundary == var.permissions_boundary_arn
    error_message = "a role has no boundary"
  }
}
