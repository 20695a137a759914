# Yours: the account, and where the pipelines run.
account_id = "000000000000"
region     = "eu-central-1"

# Which environments live in this account, each with a zone of its own. A bank has an account for each: then one of the two
# lines stands here, and the other in the bootstrap of the other account.
zones = {
  staging    = "staging.parcellab.com"
  production = "parcellab.com"
}

github_repository = "toolcrib/toolcrib"
