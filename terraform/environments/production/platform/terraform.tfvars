environment = "production"

secret_recovery_days = 30
