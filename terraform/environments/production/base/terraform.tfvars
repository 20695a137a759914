# What is the same for whoever runs this. Yours are in bootstrap.auto.tfvars.json (written by the bootstrap) and in
# local.auto.tfvars: administrators, alarm_emails. docs/operations/aws.md, First apply.
environment = "production"

cidr  = "10.30.0.0/16"
zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
nat   = "per_zone"

kubernetes_version = "1.34"

# No networks: the API server is reached from inside the VPC only.
public_access_cidrs = []

database = {
  topology        = "cluster"
  instance_class  = "db.m6gd.large"
  storage_gib     = 100
  storage_max_gib = 100
  # 8 GiB are good for 682.
  max_connections       = 640
  backup_retention_days = 14
  deletion_protection   = true
}

log_retention_days = 365
