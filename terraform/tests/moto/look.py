"""Looks at what is in moto, for run.sh, by the API of AWS. Standard library only.

  ready                 exit 0 as soon as moto answers
  remember FILE         what there is now (a default VPC), to be compared with later
  stack COPY            what was made is what was meant
  states COPY           every kind of resource was made but those named here, and no state holds a password
  empty BUCKET          removes every version of every object
  nothing_left FILE     what there is now is what was remembered
"""

import json
import pathlib
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

URL = sys.argv[1]
AUTH = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/{service}/aws4_request, SignedHeaders=host, Signature=x"
# Not made on moto: it has no route for the first four (run.sh), and staging is no cluster.
NOT_MADE = {
    "aws_eks_access_entry", "aws_eks_access_policy_association", "aws_eks_addon", "aws_eks_pod_identity_association",
    "aws_rds_cluster", "aws_rds_cluster_parameter_group",
}


def call(service, path="/", method="GET", body=None, headers=None):
    request = urllib.request.Request(URL + path, data=body, method=method)
    request.add_header("Authorization", AUTH.format(service=service))
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.read().decode()


def query(service, version, action, **parameters):
    """A service of the query protocol (EC2, RDS, SNS, IAM), as a tree without namespaces."""
    body = urllib.parse.urlencode({"Action": action, "Version": version, **parameters}).encode()
    text = call(service, "/", "POST", body, {"Content-Type": "application/x-www-form-urlencoded"})
    return ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", text))


def target(service, name, **parameters):
    """A service of the JSON protocol."""
    headers = {"X-Amz-Target": name, "Content-Type": "application/x-amz-json-1.1"}
    return json.loads(call(service, "/", "POST", json.dumps(parameters).encode(), headers))


def ec2(action, **parameters):
    return query("ec2", "2016-11-15", action, **parameters)


def rds(action, **parameters):
    return query("rds", "2014-10-31", action, **parameters)


def ids(tree, path):
    return [element.text for element in tree.findall(path)]


def rest(service, path):
    return json.loads(call(service, path))


def buckets():
    return ids(ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", call("s3", "/"))), ".//Bucket/Name")


def zones():
    return ids(ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", call("route53", "/2013-04-01/hostedzone"))), ".//HostedZone/Id")


def keys():
    """Those that are still of use: a deleted key is kept for 30 days."""
    listed = [key["KeyId"] for key in target("kms", "TrentService.ListKeys")["Keys"]]
    described = [target("kms", "TrentService.DescribeKey", KeyId=key)["KeyMetadata"] for key in listed]
    return [key["KeyId"] for key in described if key["KeyState"] == "Enabled" and key["KeyManager"] == "CUSTOMER"]


# What Terraform makes, by the kind of thing; each says which there are.
KINDS = {
    "VPC": lambda: ids(ec2("DescribeVpcs"), ".//vpcSet/item/vpcId"),
    "subnet": lambda: ids(ec2("DescribeSubnets"), ".//subnetSet/item/subnetId"),
    "route table": lambda: ids(ec2("DescribeRouteTables"), ".//routeTableSet/item/routeTableId"),
    "security group": lambda: ids(ec2("DescribeSecurityGroups"), ".//securityGroupInfo/item/groupId"),
    "internet gateway": lambda: ids(ec2("DescribeInternetGateways"), ".//internetGatewaySet/item/internetGatewayId"),
    "NAT gateway": lambda: ids(ec2("DescribeNatGateways", **{"Filter.1.Name": "state", "Filter.1.Value.1": "available"}), ".//natGatewaySet/item/natGatewayId"),
    "address": lambda: ids(ec2("DescribeAddresses"), ".//addressesSet/item/allocationId"),
    "endpoint": lambda: ids(ec2("DescribeVpcEndpoints", **{"Filter.1.Name": "vpc-endpoint-state", "Filter.1.Value.1": "available"}), ".//vpcEndpointSet/item/vpcEndpointId"),
    "flow log": lambda: ids(ec2("DescribeFlowLogs"), ".//flowLogSet/item/flowLogId"),
    "database": lambda: ids(rds("DescribeDBInstances"), ".//DBInstanceIdentifier"),
    "subnet group": lambda: ids(rds("DescribeDBSubnetGroups"), ".//DBSubnetGroupName"),
    "parameter group": lambda: ids(rds("DescribeDBParameterGroups"), ".//DBParameterGroupName"),
    "event subscription": lambda: ids(rds("DescribeEventSubscriptions"), ".//CustSubscriptionId"),
    "cluster": lambda: rest("eks", "/clusters")["clusters"],
    "role": lambda: ids(query("iam", "2010-05-08", "ListRoles", MaxItems=500), ".//Roles/member/RoleName"),
    "policy": lambda: ids(query("iam", "2010-05-08", "ListPolicies", Scope="Local"), ".//Policies/member/Arn"),
    "OIDC provider": lambda: ids(query("iam", "2010-05-08", "ListOpenIDConnectProviders"), ".//Arn"),
    "key": keys,
    "secret": lambda: [secret["Name"] for secret in target("secretsmanager", "secretsmanager.ListSecrets", MaxResults=100)["SecretList"]],
    "certificate": lambda: [item["CertificateArn"] for item in target("acm", "CertificateManager.ListCertificates")["CertificateSummaryList"]],
    "topic": lambda: ids(query("sns", "2010-03-31", "ListTopics"), ".//TopicArn"),
    "alarm": lambda: ids(query("monitoring", "2010-08-01", "DescribeAlarms", MaxRecords=100), ".//AlarmName"),
    "log group": lambda: [group["logGroupName"] for group in target("logs", "Logs_20140328.DescribeLogGroups")["logGroups"]],
    "image repository": lambda: [item["repositoryName"] for item in target("ecr", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories")["repositories"]],
    "bucket": buckets,
    "zone": zones,
}


def present():
    return {kind: sorted(look()) for kind, look in KINDS.items()}


def check(name, condition, detail=""):
    print(f"{'passed' if condition else 'FAILED'}: {name}" + ("" if condition or detail == "" else f": {detail}"))


def network():
    vpc = ec2("DescribeVpcs", **{"Filter.1.Name": "tag:Name", "Filter.1.Value.1": "toolcrib-staging"})
    vpc_id = vpc.findtext(".//vpcId")
    tags = dict(zip(ids(vpc, ".//tagSet/item/key"), ids(vpc, ".//tagSet/item/value")))
    wanted = {"Name": "toolcrib-staging", "environment": "staging", "layer": "base", "managed-by": "terraform", "project": "toolcrib"}
    check("the network has its tags", tags == wanted, tags)
    tables = ec2("DescribeRouteTables", **{"Filter.1.Name": "tag:Name", "Filter.1.Value.1": "toolcrib-staging-database"})
    gateways = ids(tables, ".//routeSet/item/gatewayId")
    check("the database subnets have no route out of the VPC", gateways == ["local"], gateways)
    check("all three of them have that table", len(ids(tables, ".//associationSet/item/subnetId")) >= 3)
    default = ec2("DescribeSecurityGroups", **{"Filter.1.Name": "vpc-id", "Filter.1.Value.1": vpc_id, "Filter.2.Name": "group-name", "Filter.2.Value.1": "default"})
    check("the default security group is closed", not default.findall(".//ipPermissions/item") and not default.findall(".//ipPermissionsEgress/item"))


def database():
    instance = rds("DescribeDBInstances", DBInstanceIdentifier="toolcrib-staging").find(".//DBInstance")
    check("the database is encrypted and has no public address", instance.findtext("StorageEncrypted") == "true" and instance.findtext("PubliclyAccessible") == "false")
    check("RDS keeps the administrator's password", bool(instance.findtext("MasterUserSecret/SecretArn")))
    group = instance.findtext(".//VpcSecurityGroupId")
    rules = ec2("DescribeSecurityGroupRules", **{"Filter.1.Name": "group-id", "Filter.1.Value.1": group})
    found = sorted(
        (rule.findtext("isEgress"), rule.findtext("fromPort"), rule.findtext("toPort"), rule.findtext("referencedGroupInfo/groupId") or rule.findtext("cidrIpv4"))
        for rule in rules.findall(".//securityGroupRuleSet/item")
    )
    nodes = ec2("DescribeSecurityGroups", **{"Filter.1.Name": "group-name", "Filter.1.Value.1": "eks-cluster-sg-toolcrib-staging"}).findtext(".//groupId")
    check("only the nodes reach 3306, and the database reaches nobody", found == [("false", "3306", "3306", nodes)], found)
    name = instance.findtext(".//DBParameterGroupName")
    parameters = rds("DescribeDBParameters", DBParameterGroupName=name)
    values = {p.findtext("ParameterName"): p.findtext("ParameterValue") for p in parameters.findall(".//Parameter")}
    check("TLS is enforced", values.get("require_secure_transport") == "1", values)


def secrets():
    listed = target("secretsmanager", "secretsmanager.ListSecrets", MaxResults=100)["SecretList"]
    ours = {secret["Name"]: secret for secret in listed if secret["Name"].startswith("toolcrib/")}
    names = sorted(f"toolcrib/staging/customer-{customer}/{service}" for customer in "abc" for service in ("hardware", "portal"))
    check("each customer has its two secrets", sorted(ours) == names, sorted(ours))
    values = {}
    for name in ours:
        values[name] = json.loads(target("secretsmanager", "secretsmanager.GetSecretValue", SecretId=name)["SecretString"])
    hardware = [value for name, value in values.items() if name.endswith("/hardware")]
    four = {"MYSQL_HOST", "MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DATABASE"}
    check("a secret of hardware has exactly the four MYSQL_*", all(set(value) == four for value in hardware), [sorted(value) for value in hardware])
    passwords = [value["MYSQL_PASSWORD"] for value in hardware] + [value["PORTAL_SECRET"] for name, value in values.items() if name.endswith("/portal")]
    check("passwords are long, and each is another", len(set(passwords)) == 6 and min(map(len, passwords)) >= 40)
    return passwords


def stack(copy):
    network()
    database()
    secrets()
    lines = open(f"{copy}/k8s/profiles/aws/params.env").read().splitlines()
    parameters = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    empty = sorted(key for key, value in parameters.items() if not value)
    check("params.env has a value for every key", parameters.get("ENVIRONMENT") == "staging" and not empty, empty)
    check("params.env holds no password", not any("password" in line.lower() for line in lines))
    made = present()
    missing = [kind for kind in KINDS if not made[kind]]
    check(f"there is one of each of {len(KINDS)} kinds of things at least", not missing, missing)


def states(copy):
    passwords = secrets_quietly()
    bucket = "toolcrib-123456789012-state"
    listing = ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", call("s3", f"/{bucket}?list-type=2")))
    keys = ids(listing, ".//Contents/Key")
    wanted = ["bootstrap/bootstrap.tfstate", "staging/base.tfstate", "staging/platform.tfstate"]
    check("three states, and no lock is left", sorted(keys) == wanted, keys)
    made = set()
    for key in keys:
        text = call("s3", f"/{bucket}/{key}")
        found = [password for password in passwords if password in text]
        check(f"{key} holds no password", not found and '"password": "' not in text and '"secret_string": "{' not in text)
        resources = [resource for resource in json.loads(text)["resources"] if resource["mode"] == "managed"]
        made |= {resource["type"] for resource in resources}
        print(f"{key}: {sum(len(resource['instances']) for resource in resources)} resources of {len({resource['type'] for resource in resources})} types")


    code = "".join(path.read_text() for path in pathlib.Path(copy, "terraform").rglob("*.tf") if ".terraform" not in path.parts)
    kinds_in_code = set(re.findall(r'^resource "(\w+)"', code, re.M))
    check(f"{len(made)} kinds of resources were made, all but {len(NOT_MADE)} named ones", kinds_in_code - made == NOT_MADE, sorted((kinds_in_code - made) ^ NOT_MADE))


def secrets_quietly():
    listed = target("secretsmanager", "secretsmanager.ListSecrets", MaxResults=100)["SecretList"]
    values = [json.loads(target("secretsmanager", "secretsmanager.GetSecretValue", SecretId=secret["Name"])["SecretString"]) for secret in listed if secret["Name"].startswith("toolcrib/")]
    return [value.get("MYSQL_PASSWORD") or value["PORTAL_SECRET"] for value in values]


def empty(bucket):
    listing = ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", call("s3", f"/{bucket}?versions")))
    for element in listing.findall("Version") + listing.findall("DeleteMarker"):
        key, version = element.findtext("Key"), element.findtext("VersionId")
        call("s3", f"/{bucket}/{urllib.parse.quote(key)}?versionId={version}", "DELETE")


def remember(path):
    with open(path, "w") as file:
        json.dump(present(), file)


def nothing_left(path):
    with open(path) as file:
        before = json.load(file)
    left = {kind: sorted(set(things) - set(before[kind])) for kind, things in present().items()}
    check("destroy leaves nothing", not any(left.values()), {kind: things for kind, things in left.items() if things})
    snapshots = ids(rds("DescribeDBSnapshots"), ".//DBSnapshotIdentifier")
    check("but the database's final snapshot", "toolcrib-staging-final" in snapshots, snapshots)


if __name__ == "__main__":
    commands = {"ready": lambda: call("s3", "/moto-api/"), "remember": remember, "stack": stack, "states": states, "empty": empty, "nothing_left": nothing_left}
    commands[sys.argv[2]](*sys.argv[3:])
