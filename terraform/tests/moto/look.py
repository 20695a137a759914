"""Looks at what is in moto, for run.sh. Standard library only: moto shows its whole content at /moto-api/data.json.

  ready                 exit 0 as soon as moto answers
  remember FILE         what there is now (default VPC, managed policies), to be compared with later
  stack COPY            what was made is what was meant
  states COPY           every kind of resource was made but those named here, and no state holds a password
  empty BUCKET          removes every version of every object
  nothing_left FILE     what there is now is what was remembered
"""

import collections
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
# Kinds that moto makes by itself, or keeps as a history of what was.
IGNORED = {"iam.ManagedPolicy", "iam.AWSManagedPolicy", "sts.AssumedRole", "moto_api", "rds.EventSubscription.events"}


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


def kinds():
    """How many of each kind there are, of the kinds that Terraform makes."""
    counted = collections.Counter()
    for service, models in json.loads(call("s3", "/moto-api/data.json")).items():
        for model, items in models.items():
            if service not in IGNORED and f"{service}.{model}" not in IGNORED:
                counted[f"{service}.{model}"] += len(items)
    return counted


def check(name, condition, detail=""):
    print(f"{'passed' if condition else 'FAILED'}: {name}" + ("" if condition or detail == "" else f": {detail}"))


def texts(tree, path):
    return [element.text for element in tree.findall(path)]


def network():
    vpc = ec2("DescribeVpcs", **{"Filter.1.Name": "tag:Name", "Filter.1.Value.1": "toolcrib-staging"})
    vpc_id = vpc.findtext(".//vpcId")
    tags = dict(zip(texts(vpc, ".//tagSet/item/key"), texts(vpc, ".//tagSet/item/value")))
    wanted = {"Name": "toolcrib-staging", "environment": "staging", "layer": "base", "managed-by": "terraform", "project": "toolcrib"}
    check("the network has its tags", tags == wanted, tags)
    tables = ec2("DescribeRouteTables", **{"Filter.1.Name": "tag:Name", "Filter.1.Value.1": "toolcrib-staging-database"})
    gateways = texts(tables, ".//routeSet/item/gatewayId")
    check("the database subnets have no route out of the VPC", gateways == ["local"], gateways)
    check("all three of them have that table", len(texts(tables, ".//associationSet/item/subnetId")) >= 3)
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
    made = kinds()
    for kind in ["ec2.NatGateway", "eks.Cluster", "rds.DBInstance", "acm.CertBundle", "ecr.Repository", "kms.Key", "sns.Topic", "cloudwatch.FakeAlarm"]:
        check(f"there is a {kind}", made[kind] > 0)
    print(f"moto holds {sum(made.values())} things of {len([kind for kind in made if made[kind]])} kinds")


def states(copy):
    passwords = secrets_quietly()
    bucket = "toolcrib-123456789012-state"
    listing = ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", call("s3", f"/{bucket}?list-type=2")))
    keys = texts(listing, ".//Contents/Key")
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
        json.dump(kinds(), file)


def nothing_left(path):
    with open(path) as file:
        before = json.load(file)
    left = {kind: number - before.get(kind, 0) for kind, number in kinds().items() if number > before.get(kind, 0)}
    check("destroy leaves nothing", not left, left)


if __name__ == "__main__":
    commands = {"ready": lambda: call("s3", "/moto-api/data.json"), "remember": remember, "stack": stack, "states": states, "empty": empty, "nothing_left": nothing_left}
    commands[sys.argv[2]](*sys.argv[3:])
