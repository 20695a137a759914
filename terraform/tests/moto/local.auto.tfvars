administrators = { sso = "arn:aws:iam::123456789012:role/admin" }
alarm_emails   = ["oncall@example.com"]
