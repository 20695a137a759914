# Names and certificates. The records of the load balancer are made by external-dns, which runs in the cluster as a managed
# add-on; the load balancer itself is one ALB that all Ingresses share (k8s/profiles/aws).

resource "aws_acm_certificate" "this" {
  for_each = var.hosts

  domain_name               = each.value
  subject_alternative_names = ["*.${each.value}"]
  validation_method         = "DNS"
  key_algorithm             = "EC_prime256v1"

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true
  }
}

# The host and its wildcard are proven by one and the same record.
resource "aws_route53_record" "validation" {
  for_each = var.hosts

  zone_id         = var.zone_id
  name            = one([for option in aws_acm_certificate.this[each.key].domain_validation_options : option.resource_record_name if option.domain_name == each.value])
  type            = one([for option in aws_acm_certificate.this[each.key].domain_validation_options : option.resource_record_type if option.domain_name == each.value])
  records         = [one([for option in aws_acm_certificate.this[each.key].domain_validation_options : option.resource_record_value if option.domain_name == each.value])]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  for_each = var.hosts

  certificate_arn         = aws_acm_certificate.this[each.key].arn
  validation_record_fqdns = [aws_route53_record.validation[each.key].fqdn]

  # A zone that is not delegated is noticed in a quarter of an hour, not in 75 minutes.
  timeouts {
    create = "15m"
  }
}

# ACM renews by itself 60 days ahead, as long as the record above is there. 30 days left means that it could not.
resource "aws_cloudwatch_metric_alarm" "expiry" {
  for_each = var.hosts

  alarm_name          = "${var.name}-certificate-${each.key}"
  alarm_description   = "The certificate of ${each.value} ends within 30 days and was not renewed. See docs/operations/aws.md, Alarms."
  namespace           = "AWS/CertificateManager"
  metric_name         = "DaysToExpiry"
  dimensions          = { CertificateArn = aws_acm_certificate.this[each.key].arn }
  statistic           = "Minimum"
  period              = 86400
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 30
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

data "aws_iam_policy_document" "external_dns" {
  # Address records of the customers' names, and the TXT records by which external-dns knows its own; nothing else in the
  # zone: no NS, no MX, no validation records.
  statement {
    sid       = "ChangeAddresses"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = ["arn:aws:route53:::hostedzone/${var.zone_id}"]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "route53:ChangeResourceRecordSetsRecordTypes"
      values   = ["A", "AAAA", "TXT"]
    }

    # Without this the condition above would also hold for a request that names no type.
    condition {
      test     = "Null"
      variable = "route53:ChangeResourceRecordSetsRecordTypes"
      values   = ["false"]
    }
  }

  # It reads every zone whose name ends in its own before it does anything, and stops where it may not: with both environments
  # in one account production's (parcellab.com) finds staging's (staging.parcellab.com) too.
  statement {
    sid       = "ReadZones"
    actions   = ["route53:ListResourceRecordSets", "route53:ListTagsForResource", "route53:ListTagsForResources"]
    resources = ["arn:aws:route53:::hostedzone/*"]
  }

  # Names of zones, no records; Route 53 knows no narrower right.
  statement {
    sid       = "FindZone"
    actions   = ["route53:ListHostedZones"]
    resources = ["*"]
  }
}

module "external_dns" {
  source = "../pod-identity"

  name                     = "${var.name}-external-dns"
  account_id               = var.account_id
  region                   = var.region
  cluster_name             = var.cluster_name
  namespace                = "external-dns"
  service_account          = "external-dns"
  associate                = false
  policy                   = data.aws_iam_policy_document.external_dns.json
  permissions_boundary_arn = var.permissions_boundary_arn
}

resource "aws_eks_addon" "external_dns" {
  cluster_name                = var.cluster_name
  addon_name                  = "external-dns"
  addon_version               = var.external_dns_version
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "PRESERVE"

  configuration_values = jsonencode({
    domainFilters = [var.zone_name]
    # `sync` also removes the records of a customer who is gone; it touches only what txtOwnerId marks as its own.
    policy     = "sync"
    registry   = "txt"
    txtOwnerId = var.name
    sources    = ["ingress"]
  })

  pod_identity_association {
    role_arn        = module.external_dns.role_arn
    service_account = "external-dns"
  }
}
