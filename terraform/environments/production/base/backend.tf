# Bucket, key and region come from backend.hcl (one folder up), which the bootstrap writes; the key is this folder's.
terraform {
  backend "s3" {}
}
