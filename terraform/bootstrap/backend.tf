# The bucket is one of the things made here: the first apply keeps its state beside it and then moves it in.
# `make plan LAYER=bootstrap` and `make apply LAYER=bootstrap` do that (docs/operations/aws.md, First apply).
terraform {
  backend "s3" {}
}
