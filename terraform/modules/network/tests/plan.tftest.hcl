# Subnets, routes and flow logs. Planned by the real provider, without network and without an account.

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
  environment              = "production"
  account_id               = "123456789012"
  region                   = "eu-central-1"
  cidr                     = "10.30.0.0/16"
  zones                    = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  nat                      = "per_zone"
  log_retention_days       = 365
  logs_key_arn             = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn          = "arn:aws:sns:eu-central-1:123456789012:toolcrib-staging-alarms"
  permissions_boundary_arn = "arn:aws:iam::123456789012:policy/toolcrib-boundary"
}

run "production_has_three_kinds_of_subnets_in_three_zones" {
  command = plan

  assert {
    condition     = alltrue([for kind in [aws_subnet.public, aws_subnet.private, aws_subnet.database] : join(",", [for zone in sort(keys(kind)) : kind[zone].availability_zone]) == "eu-central-1a,eu-central-1b,eu-central-1c"])
    error_message = "a kind of subnet is not in each of the three zones"
  }

  assert {
    condition     = join(" ", [for subnet in aws_subnet.private : subnet.cidr_block]) == "10.30.0.0/20 10.30.16.0/20 10.30.32.0/20"
    error_message = "the private subnets have other addresses"
  }

  assert {
    condition     = join(" ", [for subnet in aws_subnet.public : subnet.cidr_block]) == "10.30.192.0/24 10.30.193.0/24 10.30.194.0/24"
    error_message = "the public subnets have other addresses"
  }

  assert {
    condition     = join(" ", [for subnet in aws_subnet.database : subnet.cidr_block]) == "10.30.208.0/24 10.30.209.0/24 10.30.210.0/24"
    error_message = "the database subnets have other addresses"
  }

  assert {
    condition     = alltrue(flatten([for kind in [aws_subnet.public, aws_subnet.private, aws_subnet.database] : [for subnet in kind : subnet.map_public_ip_on_launch == false]]))
    error_message = "a subnet gives out public addresses"
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.tags["kubernetes.io/role/elb"] == "1"]) && alltrue([for subnet in aws_subnet.private : subnet.tags["kubernetes.io/role/internal-elb"] == "1"])
    error_message = "the load balancer would not find its subnets"
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.database : length([for tag in keys(subnet.tags) : tag if startswith(tag, "kubernetes.io/")]) == 0])
    error_message = "a load balancer could be put into the database subnets"
  }
}

run "every_zone_of_production_has_a_way_out_of_its_own" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.this) == 3 && length(aws_route.private) == 3
    error_message = "there are fewer NAT gateways or routes than zones"
  }

  assert {
    condition     = alltrue([for route in aws_route.private : route.destination_cidr_block == "0.0.0.0/0" && route.gateway_id == null])
    error_message = "a private subnet has a route to the internet gateway, or none out"
  }

  assert {
    condition     = aws_route.public.destination_cidr_block == "0.0.0.0/0"
    error_message = "the public subnets have no route out"
  }

  assert {
    condition     = length(aws_route_table_association.database) == 3
    error_message = "a database subnet has not the table without a way out"
  }
}

run "a_zone_that_goes_moves_nobody_elses_addresses" {
  command = plan

  variables {
    environment        = "staging"
    nat                = "single"
    log_retention_days = 30
    zones              = ["eu-central-1c", "eu-central-1b"]
  }

  assert {
    condition     = aws_subnet.private["eu-central-1c"].cidr_block == "10.30.32.0/20" && aws_subnet.private["eu-central-1b"].cidr_block == "10.30.16.0/20"
    error_message = "addresses follow the place in the list"
  }

  assert {
    condition     = keys(aws_nat_gateway.this)[0] == "eu-central-1b" && length(aws_nat_gateway.this) == 1 && length(aws_route.private) == 2
    error_message = "a single NAT gateway does not serve both zones"
  }
}

run "all_traffic_is_logged_encrypted_for_a_year" {
  command = plan

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL"
    error_message = "refused connections are not logged"
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow.retention_in_days == 365 && aws_cloudwatch_log_group.flow.kms_key_id == var.logs_key_arn
    error_message = "the flow log is not kept for a year, or not encrypted"
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.flow.json).Statement[0].Resource == "arn:aws:logs:eu-central-1:123456789012:log-group:/toolcrib/toolcrib-production/flow:*"
    error_message = "the flow log's role may write to other groups"
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.flow_trust.json).Statement[0].Principal.Service == "vpc-flow-logs.amazonaws.com" && jsondecode(data.aws_iam_policy_document.flow_trust.json).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "others may take the flow log's role"
  }

  assert {
    condition     = aws_iam_role.flow.permissions_boundary == var.permissions_boundary_arn
    error_message = "the role has no boundary"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.flow.json).Statement : statement.Effect == "Deny" || !contains(flatten([try(statement.Action, [])]), "*")])
    error_message = "a statement allows every action"
  }
}

run "written_is_to_buckets_of_the_account_only" {
  command = plan

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.s3_endpoint.json).Statement : flatten([statement.Action]) == ["s3:GetObject"] || try(statement.Condition.StringEquals["aws:ResourceAccount"] == "123456789012", false)])
    error_message = "the endpoint lets data go to buckets of others"
  }

  assert {
    condition     = alltrue([for statement in jsondecode(data.aws_iam_policy_document.s3_endpoint.json).Statement : statement.Effect == "Deny" || !contains(flatten([try(statement.Action, [])]), "*")])
    error_message = "a statement allows every action"
  }
}
