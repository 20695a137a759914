environment = "staging"

secret_recovery_days = 7
