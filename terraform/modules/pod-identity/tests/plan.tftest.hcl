# A role for pods. Planned by the real provider, without network and without an account.

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
  name                     = "toolcrib-staging-external-secrets"
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cluster_name             = "toolcrib-staging"
  namespace                = "external-secrets"
  service_account          = "controller"
  policy                   = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
}

run "only_these_pods_take_the_role" {
  command = plan

  assert {
    condition     = toset(flatten([jsondecode(data.aws_iam_policy_document.trust.json).Statement[0].Action])) == toset(["sts:AssumeRole", "sts:TagSession"])
    error_message = "Pod Identity needs sts:AssumeRole and sts:TagSession; without the second pods get no credentials"
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust.json).Statement[0].Principal.Service == "pods.eks.amazonaws.com" && length(jsondecode(data.aws_iam_policy_document.trust.json).Statement) == 1
    error_message = "others may take the role"
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.trust.json).Statement[0].Condition.StringEquals == { "aws:RequestTag/eks-cluster-arn" = "arn:aws:eks:eu-central-1:123456789012:cluster/toolcrib-staging", "aws:RequestTag/kubernetes-namespace" = "external-secrets", "aws:RequestTag/kubernetes-service-account" = "controller" }
    error_message = "pods of other clusters, namespaces or service accounts may take the role"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == var.permissions_boundary_arn
    error_message = "the role has no boundary"
  }

  assert {
    condition     = aws_eks_pod_identity_association.this[0].namespace == "external-secrets" && aws_eks_pod_identity_association.this[0].service_account == "controller"
    error_message = "the association is for other pods"
  }
}
