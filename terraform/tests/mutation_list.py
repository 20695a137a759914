"""The careless changes that mutations.py makes, and who has to notice."""

from dataclasses import dataclass


@dataclass
class Mutation:
    """What is changed (`old` to `new`, in `file`; without `old` it is added), and what has to fail: a run of a folder's tests,
    saying `says`, or what audit.py finds in that run's plan. `stops`: nothing is planned then, since a value is refused.
    `alone`: shares its copy with nobody, because it changes what others are about, or ends its run in an error (what was to be
    asserted is unknown then, and Terraform leaves out the runs that follow)."""

    name: str
    file: str
    old: str
    new: str
    folder: str
    run: str
    says: str
    tests: str = "plan"
    by_audit: bool = False
    stops: bool = False
    alone: bool = False


PRODUCTION = "environments/production/base"
OWN_SETTINGS = "production_plans_with_its_own_settings"


def audited(name, file, old, new, folder, run, says):
    return Mutation(name, file, old, new, folder, run, says, by_audit=True)


def refused(name, old, new, says):
    """A setting of production."""
    return Mutation(name, f"{PRODUCTION}/terraform.tfvars", old, new, PRODUCTION, OWN_SETTINGS, says, stops=True)


MUTATIONS = [
    Mutation(
        "public endpoint to 0.0.0.0/0, in the module", "modules/cluster/main.tf",
        "endpoint_public_access  = length(var.public_access_cidrs) > 0\n    public_access_cidrs     = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null",
        'endpoint_public_access  = true\n    public_access_cidrs     = ["0.0.0.0/0"]',
        "modules/cluster", "the_endpoint_is_private", "the API server can be reached over the internet",
    ),
    Mutation(
        "public endpoint to 0.0.0.0/0, as a setting", f"{PRODUCTION}/terraform.tfvars",
        "public_access_cidrs = []", 'public_access_cidrs = ["0.0.0.0/0"]',
        PRODUCTION, OWN_SETTINGS, "would open the API server to everybody", stops=True,
    ),
    Mutation(
        "storage unencrypted, cluster", "modules/database/cluster.tf", "storage_encrypted = true", "storage_encrypted = false",
        "modules/database", "a_cluster_is_encrypted_and_protected", "the storage is not encrypted",
    ),
    Mutation(
        "storage unencrypted, instance", "modules/database/instance.tf", "storage_encrypted     = true", "storage_encrypted     = false",
        "modules/database", "an_instance_is_encrypted_and_protected", "the storage is not encrypted",
    ),
    Mutation(
        "single zone in production", f"{PRODUCTION}/terraform.tfvars",
        'zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]', 'zones = ["eu-central-1a"]',
        PRODUCTION, OWN_SETTINGS, "production needs three", stops=True,
    ),
    Mutation(
        "single zone in production, and nobody minds", "modules/network/variables.tf",
        'var.environment != "production" || length(var.zones) >= 3', "length(var.zones) >= 1",
        "modules/network", "production_refuses_two_zones", "Missing expected failure", "unit",
    ),
    Mutation(
        "production called staging", f"{PRODUCTION}/terraform.tfvars", 'environment = "production"', 'environment = "staging"',
        PRODUCTION, OWN_SETTINGS, "the other environment is made in its own", stops=True, alone=True,
    ),
    Mutation(
        "deletion_protection = false in production", f"{PRODUCTION}/terraform.tfvars",
        "deletion_protection   = true", "deletion_protection   = false",
        PRODUCTION, OWN_SETTINGS, "production does not go without", stops=True,
    ),
    Mutation(
        "deletion protection off in the module", "modules/database/cluster.tf",
        "= var.deletion_protection", "= false",
        "modules/database", "a_cluster_is_encrypted_and_protected", "it could be deleted",
    ),
    Mutation(
        "3306 open to the VPC", "modules/database/main.tf",
        "referenced_security_group_id = var.client_security_group_id", 'cidr_ipv4                    = "10.30.0.0/16"',
        "modules/database", "only_the_nodes_reach_3306", "somebody else than the cluster's nodes",
    ),
    Mutation(
        "IAM action *", "modules/customer/main.tf",
        'actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]', 'actions   = ["*"]',
        "modules/customer", "pods_put_below_their_own_prefix_and_no_more", "names? their actions", stops=True,
    ),
    Mutation(
        "IAM action * for pipelines", "modules/ci/deploy.tf", 'actions   = ["eks:DescribeCluster"]', 'actions   = ["*"]',
        "modules/ci", "deploy_pushes_our_images_and_finds_its_cluster", "a statement allows every action",
    ),
    Mutation(
        "missing sts:TagSession, pods", "modules/pod-identity/main.tf",
        'actions = ["sts:AssumeRole", "sts:TagSession"]', 'actions = ["sts:AssumeRole"]',
        "modules/pod-identity", "only_these_pods_take_the_role", "without the second pods get no credentials",
    ),
    Mutation(
        "missing sts:TagSession, Auto Mode", "modules/cluster/iam.tf",
        'actions = ["sts:AssumeRole", "sts:TagSession"]', 'actions = ["sts:AssumeRole"]',
        "modules/cluster", "the_roles_are_eks_and_its_nodes_own", "without the second no node comes up",
    ),
    Mutation(
        "a customer's password in plain text", "modules/customer/main.tf",
        "  secret_string_wo = jsonencode({\n    PORTAL_SECRET = ephemeral.aws_secretsmanager_random_password.portal.random_password\n  })\n\n  secret_string_wo_version = var.secret_version",
        '  secret_string = jsonencode({\n    PORTAL_SECRET = "correct-horse-battery-staple"\n  })',
        "modules/customer", "no_password_is_in_the_plan", "which the plan and the state keep",
    ),
    Mutation(
        "the administrator's password in plain text", "modules/database/instance.tf",
        "  manage_master_user_password   = true\n  master_user_secret_kms_key_id = module.key.arn", '  password                      = "correct-horse"',
        "modules/database", "no_password_passes_through_terraform_on_an_instance", "not RDS's to make and keep",
    ),
    Mutation(
        "S3 public access", "modules/bucket/main.tf", "block_public_policy     = true", "block_public_policy     = false",
        "modules/bucket", "nothing_is_public", "public access is not blocked",
    ),
    Mutation(
        "require_secure_transport off, cluster", "modules/database/cluster.tf",
        'name         = "require_secure_transport"\n    value        = "1"', 'name         = "require_secure_transport"\n    value        = "0"',
        "modules/database", "tls_is_enforced_on_a_cluster", "connections without TLS",
    ),
    Mutation(
        "require_secure_transport off, instance", "modules/database/instance.tf",
        'name         = "require_secure_transport"\n    value        = "1"', 'name         = "require_secure_transport"\n    value        = "0"',
        "modules/database", "tls_is_enforced_on_an_instance", "connections without TLS",
    ),
]

MUTATIONS += [
    # Settings of production
    refused("no standby in production", 'topology        = "cluster"', 'topology        = "instance"\n  multi_az        = false', "production needs a standby"),
    refused("one way out for all zones of production", 'nat   = "per_zone"', 'nat   = "single"', "production needs per_zone"),
    refused("no backups in production", "backup_retention_days = 14", "backup_retention_days = 0", "0 would turn backups off"),
    refused("logs of a month in production", "log_retention_days = 365", "log_retention_days = 30", "production keeps logs for a year"),
    # Networks
    audited(
        "a second rule for 3306, by addresses", "modules/database/main.tf", "",
        '\nresource "aws_vpc_security_group_ingress_rule" "more" {\n  security_group_id = aws_security_group.this.id\n  ip_protocol = "tcp"\n  from_port = 3306\n  to_port = 3306\n  cidr_ipv4 = "10.30.0.0/16"\n}\n',
        "modules/database", "only_the_nodes_reach_3306", r"ingress_rule\.more: addresses are let in by cidr_ipv4",
    ),
    audited(
        "3306 for the world, within the group", "modules/database/main.tf", '  vpc_id      = var.vpc_id\n',
        '  vpc_id      = var.vpc_id\n  ingress {\n    from_port = 3306\n    to_port = 3306\n    protocol = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n',
        "modules/database", "only_the_nodes_reach_3306", "rules within the group",
    ),
    audited(
        "a public address for the database", "modules/database/instance.tf", "publicly_accessible    = false", "publicly_accessible    = true",
        "modules/database", "an_instance_is_encrypted_and_protected", "publicly_accessible is True",
    ),
    audited(
        "public addresses for nodes", "modules/network/main.tf", "map_public_ip_on_launch = false\n\n  tags = {\n    Name                              =",
        "map_public_ip_on_launch = true\n\n  tags = {\n    Name                              =",
        "modules/network", "every_zone_of_production_has_a_way_out_of_its_own", r"private\[.*map_public_ip_on_launch is True",
    ),
    audited(
        "data to buckets of others", "modules/network/routes.tf", '"aws:ResourceAccount"', '"aws:PrincipalAccount"',
        "modules/network", "written_is_to_buckets_of_the_account_only", "data may leave for buckets of other accounts",
    ),
    audited(
        "a flow log for ever", "modules/network/flow_logs.tf", "  retention_in_days = var.log_retention_days\n", "",
        "modules/network", "every_zone_of_production_has_a_way_out_of_its_own", "retention_in_days is missing",
    ),
    audited(
        "a listener without TLS", "modules/dns/main.tf", "",
        '\nresource "aws_lb_listener" "http" {\n  load_balancer_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/x/1"\n  port = 80\n  protocol = "HTTP"\n  default_action {\n    type = "fixed-response"\n    fixed_response {\n      content_type = "text/plain"\n    }\n  }\n}\n',
        "modules/dns", "each_customer_has_a_certificate_for_host_and_wildcard", "nothing of this kind is made here",
    ),
    # Identities
    audited(
        "every action of one service", "modules/controllers/main.tf", '"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"', '"secretsmanager:*"',
        "modules/controllers", "external_secrets_reads_this_environment_only", r"every action \(secretsmanager:\*\)",
    ),
    audited(
        "every action but some", "modules/network/flow_logs.tf", 'actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]', 'not_actions = ["iam:*"]',
        "modules/network", "every_zone_of_production_has_a_way_out_of_its_own", "NotAction gives all but what it names",
    ),
    audited(
        "s3:* on * in a policy of its own", "modules/pod-identity/main.tf", "",
        '\nresource "aws_iam_role_policy" "more" {\n  name   = "more"\n  role   = aws_iam_role.this.id\n  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })\n}\n',
        "modules/pod-identity", "only_these_pods_take_the_role", r"policy\.more: .*every action \(s3:\*\)",
    ),
    audited(
        "a role without the boundary", "modules/pod-identity/main.tf", "  permissions_boundary = var.permissions_boundary_arn\n", "",
        "modules/pod-identity", "only_these_pods_take_the_role", "permissions_boundary is missing",
    ),
    audited(
        "missing sts:TagSession, chained roles", "modules/pod-identity/main.tf", 'content {\n      actions = ["sts:AssumeRole", "sts:TagSession"]', 'content {\n      actions = ["sts:AssumeRole"]',
        "modules/controllers", "toolcrib_system_reads_the_administrator_and_the_customers", "for a pod's session is tagged",
    ),
    audited(
        "missing sts:TagSession, whoever takes a role on", "modules/controllers/main.tf", '["sts:AssumeRole", "sts:TagSession"]', '["sts:AssumeRole"]',
        "modules/controllers", "external_secrets_reads_this_environment_only", "a pod's session takes on no role",
    ),
    audited(
        "any job of the repository", "modules/ci/main.tf", 'test     = "StringEquals"\n        variable = "${statement.value}:sub"', 'test     = "StringLike"\n        variable = "${statement.value}:sub"',
        "modules/ci", "plan_changes_nothing", "sub of the token is not held to one value",
    ),
    audited(
        "pipelines as administrators", "modules/ci/apply.tf", "policy/PowerUserAccess", "policy/AdministratorAccess",
        "modules/ci", "plan_changes_nothing", "AdministratorAccess is none of AWS's policies",
    ),
    audited(
        "a key for everybody", "modules/key/main.tf", 'identifiers = ["arn:aws:iam::${var.account_id}:root"]', 'identifiers = ["*"]',
        "modules/key", "a_key_is_renewed_and_not_lost_at_once", "anybody may use it",
    ),
    # What is kept
    audited("a key that is never renewed", "modules/key/main.tf", "enable_key_rotation     = true", "enable_key_rotation     = false",
            "modules/key", "a_key_is_renewed_and_not_lost_at_once", "enable_key_rotation is False"),
    *[
        audited(f"S3 public access, {name}", "modules/bucket/main.tf", f"{name:23} = true", f"{name:23} = false", "modules/bucket", "nothing_is_public", f"{name} is False")
        for name in ("block_public_acls", "ignore_public_acls", "restrict_public_buckets")
    ],
    audited("a bucket that goes with its objects", "modules/bucket/main.tf", "force_destroy = false", "force_destroy = true", "modules/bucket", "nothing_is_public", "force_destroy is True"),
    audited("a bucket without versions", "modules/bucket/main.tf", 'status = "Enabled"\n  }\n}', 'status = "Suspended"\n  }\n}', "modules/bucket", "nothing_is_public", "status is 'Suspended'"),
    audited("a bucket by plain HTTP", "modules/bucket/main.tf", 'values   = ["false"]\n    }\n  }\n\n  # Objects', 'values   = ["true"]\n    }\n  }\n\n  # Objects',
            "modules/bucket", "nothing_is_public", "plain HTTP is let in"),
    audited("no final snapshot, instance", "modules/database/instance.tf", "skip_final_snapshot       = false", "skip_final_snapshot       = true",
            "modules/database", "an_instance_is_encrypted_and_protected", r"instance\.this\[0\]: skip_final_snapshot is True"),
    audited("no final snapshot, cluster", "modules/database/cluster.tf", "skip_final_snapshot       = false", "skip_final_snapshot       = true",
            "modules/database", "a_cluster_is_encrypted_and_protected", r"cluster\.this\[0\]: skip_final_snapshot is True"),
    audited("no backups, cluster", "modules/database/cluster.tf", "backup_retention_period      = var.backup_retention_days", "backup_retention_period      = 0",
            "modules/database", "a_cluster_is_encrypted_and_protected", "backups are kept for 0 days"),
    audited("deletion protection off, instance", "modules/database/instance.tf", "= var.deletion_protection", "= false",
            "modules/database", "an_instance_is_encrypted_and_protected", r"instance\.this\[0\]: deletion_protection is False"),
    Mutation("the database with AWS's own key", "modules/database/instance.tf", "  kms_key_id            = module.key.arn\n", "",
            "modules/database", "an_instance_is_encrypted_and_protected", r"instance\.this\[0\]: kms_key_id is missing", by_audit=True, alone=True),
    audited("the administrator's password as a setting, cluster", "modules/database/cluster.tf", "  manage_master_user_password   = true\n  master_user_secret_kms_key_id = module.key.arn",
            '  master_password               = "correct-horse"', "modules/database", "a_cluster_is_encrypted_and_protected", "master_password has a value"),
    audited("slow statements are not logged", "modules/database/main.tf", 'toset(["error", "slowquery"])', 'toset(["error"])',
            "modules/database", "a_cluster_is_encrypted_and_protected", "log slowquery is not exported"),
    audited("no audit log of the cluster", "modules/cluster/main.tf", '"audit", ', "", "modules/cluster", "the_endpoint_is_private", "log audit is off"),
    audited("Kubernetes Secrets in plain text", "modules/cluster/main.tf", '  encryption_config {\n    resources = ["secrets"]\n\n    provider {\n      key_arn = module.key.arn\n    }\n  }\n', "",
            "modules/cluster", "the_endpoint_is_private", "Kubernetes Secrets are not encrypted"),
    audited("a hidden administrator of the cluster", "modules/cluster/main.tf", "bootstrap_cluster_creator_admin_permissions = false", "bootstrap_cluster_creator_admin_permissions = true",
            "modules/cluster", "the_endpoint_is_private", "bootstrap_cluster_creator_admin_permissions is True"),
    Mutation("half of Auto Mode", "modules/cluster/main.tf", "  storage_config {\n    block_storage {\n      enabled = true", "  storage_config {\n    block_storage {\n      enabled = false",
             "modules/cluster", "the_endpoint_is_private", "must all be set to either true or false", stops=True),
    audited("alarms in plain text", "modules/alarms/main.tf", "  kms_master_key_id = module.key.arn\n", "",
            "modules/alarms", "only_services_of_this_account_publish_and_only_by_tls", "kms_master_key_id is missing"),
    audited("tags that can be moved", "modules/ci/registry.tf", '"IMMUTABLE"', '"MUTABLE"', "modules/ci", "plan_changes_nothing", "image_tag_mutability is 'MUTABLE'"),
    # In an environment itself, beside the modules
    audited(
        "a bucket of one's own, without anything", f"{PRODUCTION}/main.tf", "", '\nresource "aws_s3_bucket" "more" {\n  bucket = "more"\n}\n',
        PRODUCTION, OWN_SETTINGS, r"aws_s3_bucket\.more: comes without aws_s3_bucket_public_access_block",
    ),
    audited(
        "pipelines as administrators of the cluster", f"{PRODUCTION}/main.tf", 'groups = ["toolcrib:deployers"]', 'policies = { AmazonEKSClusterAdminPolicy = {} }',
        PRODUCTION, OWN_SETTINGS, "pipelines get no access policy",
    ),
    audited(
        "a user with keys", f"{PRODUCTION}/main.tf", "", '\nresource "aws_iam_access_key" "more" {\n  user = "more"\n}\n',
        PRODUCTION, OWN_SETTINGS, r"aws_iam_access_key\.more: nothing of this kind",
    ),
]
