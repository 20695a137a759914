# A VPC with three kinds of subnets in every zone: public (load balancers, NAT), private (nodes, control plane), and
# database, which has no route out of the VPC at all.

locals {
  # By the zone's letter and not by its place in the list: adding or dropping a zone moves nobody else's addresses.
  number = { for zone in var.zones : zone => index(["a", "b", "c", "d", "e", "f"], substr(zone, -1, 1)) }

  nat_zones = var.nat == "per_zone" ? toset(var.zones) : toset([sort(var.zones)[0]])
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# Whatever is started without a security group gets this one, and with it no connection.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-closed" }
}

resource "aws_subnet" "public" {
  for_each = local.number

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(var.cidr, 8, 192 + each.value)
  map_public_ip_on_launch = false

  tags = {
    Name                     = "${var.name}-public-${each.key}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_subnet" "private" {
  for_each = local.number

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  # A pod takes an address each: 4,091 of them a zone.
  cidr_block              = cidrsubnet(var.cidr, 4, each.value)
  map_public_ip_on_launch = false

  tags = {
    Name                              = "${var.name}-private-${each.key}"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_subnet" "database" {
  for_each = local.number

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(var.cidr, 8, 208 + each.value)
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-database-${each.key}" }
}
