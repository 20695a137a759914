# What is the same for whoever runs this. Yours are in bootstrap.auto.tfvars.json (written by the bootstrap) and in
# local.auto.tfvars: administrators, alarm_emails. docs/operations/aws.md, First apply.
environment = "staging"

cidr  = "10.20.0.0/16"
zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
# One way out is enough here: when its zone is gone, staging waits.
nat = "single"

kubernetes_version = "1.34"

database = {
  topology        = "instance"
  multi_az        = false
  instance_class  = "db.t4g.medium"
  storage_gib     = 20
  storage_max_gib = 100
  # 4 GiB are good for 341.
  max_connections       = 320
  backup_retention_days = 7
  # It is made anew every now and then; the final snapshot is taken all the same.
  deletion_protection = false
}

log_retention_days = 365
