# Certificates and names. Planned by the real provider, without network and without an account.

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
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cluster_name             = "toolcrib-production"
  zone_id                  = "Z0123456789ABCDEFGHIJ"
  zone_name                = "parcellab.com"
  hosts                    = { a = "customer-a.parcellab.com", b = "customer-b.parcellab.com" }
  alarm_topic_arn          = "arn:aws:sns:eu-central-1:123456789012:toolcrib-staging-alarms"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
}

run "each_customer_has_a_certificate_for_host_and_wildcard" {
  command = plan

  assert {
    condition     = alltrue([for customer, host in var.hosts : aws_acm_certificate.this[customer].domain_name == host && contains(aws_acm_certificate.this[customer].subject_alternative_names, "*.${host}") && aws_acm_certificate.this[customer].validation_method == "DNS"])
    error_message = "a certificate is not for the host and *.host, or not proven by DNS"
  }

  assert {
    condition     = join(",", keys(aws_route53_record.validation)) == "a,b" && alltrue([for record in aws_route53_record.validation : record.zone_id == var.zone_id])
    error_message = "a certificate has no record that proves it"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.expiry : alarm.threshold == 30 && one(alarm.alarm_actions) == var.alarm_topic_arn])
    error_message = "nobody is told of a certificate that ends"
  }
}

run "external_dns_changes_addresses_in_its_zone_only" {
  command = plan

  assert {
    condition     = one([for statement in jsondecode(data.aws_iam_policy_document.external_dns.json).Statement : statement if statement.Sid == "ChangeAddresses"]).Resource == "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ" && one([for statement in jsondecode(data.aws_iam_policy_document.external_dns.json).Statement : statement if statement.Sid == "ChangeAddresses"]).Action == "route53:ChangeResourceRecordSets"
    error_message = "external-dns may change other zones"
  }

  assert {
    condition     = toset(one([for statement in jsondecode(data.aws_iam_policy_document.external_dns.json).Statement : statement if statement.Sid == "ChangeAddresses"]).Condition["ForAllValues:StringEquals"]["route53:ChangeResourceRecordSetsRecordTypes"]) == toset(["A", "AAAA", "TXT"]) && one([for statement in jsondecode(data.aws_iam_policy_document.external_dns.json).Statement : statement if statement.Sid == "ChangeAddresses"]).Condition.Null["route53:ChangeResourceRecordSetsRecordTypes"] == "false"
    error_message = "external-dns may change other records than addresses"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.external_dns.json).Statement : statement.Resource != "*" || statement.Action == "route53:ListHostedZones"])
    error_message = "external-dns may do more than list zones everywhere"
  }

  assert {
    condition     = jsondecode(aws_eks_addon.external_dns.configuration_values).domainFilters == ["parcellab.com"] && jsondecode(aws_eks_addon.external_dns.configuration_values).txtOwnerId == "toolcrib-production"
    error_message = "external-dns is not held to its zone"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.external_dns.json).Statement : statement.Effect == "Deny" || !contains(flatten([try(statement.Action, [])]), "*")])
    error_message = "a statement allows every action"
  }
}
