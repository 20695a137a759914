"""What an IAM document may say, by what it is for. Used by audit.py; each function lists what is wrong."""

import re

# Rights that AWS gives for everything or not at all.
NO_NARROWER = {"ecr:GetAuthorizationToken", "secretsmanager:GetRandomPassword"}
# Reading, but reading what is kept there and not how it is set up.
CONTENTS = {"s3:GetObject", "s3:GetObjectVersion", "secretsmanager:GetSecretValue", "kms:Decrypt", "ssm:GetParameter", "ssm:GetParameters"}
WHOLE_SERVICE = re.compile(r"^(\*|arn:aws:[a-z0-9-]*:[^:]*:[^:]*:\*+)$")
LOOKING = re.compile(r"^[a-z0-9-]+:(Describe|List|Get)[A-Za-z]*\*?$")
MAKES_RIGHTS = re.compile(r"^iam:(CreateRole|CreateUser|CreatePolicy|PutRolePolicy|PutUserPolicy|AttachRolePolicy|PutRolePermissionsBoundary)")


def listed(value) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]


def statements(document: dict) -> list[dict]:
    return listed(document.get("Statement"))


def allowed(document: dict) -> list[dict]:
    return [statement for statement in statements(document) if statement.get("Effect") != "Deny"]


def conditions(statement: dict) -> dict[tuple[str, str], list]:
    """Every condition as (test, variable): values."""
    return {(test, key): listed(values) for test, each in statement.get("Condition", {}).items() for key, values in each.items()}


def name_of(statement: dict) -> str:
    return statement.get("Sid") or ",".join(listed(statement.get("Action")))[:60]


def negated(statement: dict) -> list[str]:
    return [f"{name_of(statement)}: {member} gives all but what it names" for member in ("NotAction", "NotResource", "NotPrincipal") if member in statement]


def every_action(action: str) -> bool:
    return action == "*" or action.endswith(":*") or "*" in action.split(":")[0] or ":" not in action


def identity_statement(statement: dict) -> list[str]:
    name, found = name_of(statement), negated(statement)
    actions, resources = listed(statement.get("Action")), listed(statement.get("Resource"))
    variables = {key for _, key in conditions(statement)}
    if "sts:AssumeRole" in actions and "sts:TagSession" not in actions:
        found.append(f"{name}: without sts:TagSession a pod's session takes on no role")
    for action in actions:
        if every_action(action):
            found.append(f"{name}: every action ({action})")
        elif "*" in action and not (LOOKING.match(action) and not re.match(r"^(s3|secretsmanager|ssm):Get\*$", action)):
            found.append(f"{name}: actions are named one by one, not {action}")
        if MAKES_RIGHTS.match(action) and "iam:PermissionsBoundary" not in variables:
            found.append(f"{name}: {action} without the boundary gives any right")
        if action == "iam:PassRole" and "iam:PassedToService" not in variables:
            found.append(f"{name}: iam:PassRole to any service")
        if action.startswith("sts:AssumeRole") and any("*" in resource for resource in resources):
            found.append(f"{name}: takes on more roles than one")
        if any(WHOLE_SERVICE.match(resource) for resource in resources) and action not in NO_NARROWER:
            if action in CONTENTS or not LOOKING.match(action):
                found.append(f"{name}: {action} on everything there is")
    return found


def identity(document: dict) -> list[str]:
    return [problem for statement in allowed(document) for problem in identity_statement(statement)]


def boundary(document: dict) -> list[str]:
    """Gives nothing by itself, so it may begin with everything; identities have to stay out."""
    begins = [statement for statement in allowed(document) if "NotAction" in statement]
    found = [] if len(begins) <= 1 else ["two statements begin with everything"]
    for statement in begins:
        missing = {"iam:*", "sts:AssumeRole", "organizations:*", "account:*"} - set(listed(statement["NotAction"]))
        found += [f"lets {action} in" for action in sorted(missing)]
    rest = [statement for statement in allowed(document) if "NotAction" not in statement]
    found += [f"{name_of(s)}: every action ({a})" for s in rest for a in listed(s.get("Action")) if every_action(a)]
    return found + [f"{name_of(s)}: {a} lets a role make rights" for s in rest for a in listed(s.get("Action")) if MAKES_RIGHTS.match(a)]


def trusted_service(name: str, service: str, actions: set[str], checks: dict) -> list[str]:
    both = {"sts:AssumeRole", "sts:TagSession"}
    if service in ("pods.eks.amazonaws.com", "eks.amazonaws.com") and actions != both:
        return [f"{name}: {service} needs sts:AssumeRole and sts:TagSession, and no more"]
    if service not in ("pods.eks.amazonaws.com", "eks.amazonaws.com") and actions != {"sts:AssumeRole"}:
        return [f"{name}: {service} needs sts:AssumeRole and no more"]
    keys = {key for test, key in checks if test == "StringEquals"}
    if service == "pods.eks.amazonaws.com":
        wanted = {f"aws:RequestTag/{tag}" for tag in ("eks-cluster-arn", "kubernetes-namespace", "kubernetes-service-account")}
        return [] if wanted <= keys else [f"{name}: pods of other clusters, namespaces or ServiceAccounts may take it"]
    if service != "ec2.amazonaws.com" and not keys & {"aws:SourceAccount", "aws:SourceArn"}:
        return [f"{name}: {service} may act for other accounts"]
    return []


def trusted_by_token(name: str, actions: set[str], checks: dict) -> list[str]:
    found = [] if actions == {"sts:AssumeRoleWithWebIdentity"} else [f"{name}: a token is good for sts:AssumeRoleWithWebIdentity only"]
    for claim in ("aud", "sub"):
        values = [value for (test, key), values in checks.items() if test == "StringEquals" and key.endswith(f":{claim}") for value in values]
        if len(values) != 1 or "*" in values[0]:
            found.append(f"{name}: {claim} of the token is not held to one value")
    return found


def trust_statement(statement: dict) -> list[str]:
    name, found = name_of(statement), negated(statement)
    actions, checks, principal = set(listed(statement.get("Action"))), conditions(statement), statement.get("Principal")
    if not isinstance(principal, dict):
        return found + [f"{name}: anybody may take the role"]
    for service in listed(principal.get("Service")):
        found += trusted_service(name, service, actions, checks)
    for arn in listed(principal.get("AWS")):
        if not re.fullmatch(r"arn:aws:iam::[0-9]{12}:role/[^*]+", arn):
            found.append(f"{name}: {arn} may take the role; name a role")
        if actions != {"sts:AssumeRole", "sts:TagSession"}:
            found.append(f"{name}: {arn} needs sts:AssumeRole and sts:TagSession, for a pod's session is tagged")
    if "Federated" in principal:
        found += trusted_by_token(name, actions, checks)
    return found


def trust(document: dict) -> list[str]:
    return [problem for statement in allowed(document) for problem in trust_statement(statement)]


def anybody(statement: dict) -> bool:
    principal = statement.get("Principal")
    return principal == "*" or (isinstance(principal, dict) and "*" in [who for each in principal.values() for who in listed(each)])


def services_are_tied(statement: dict) -> list[str]:
    services = listed(statement["Principal"].get("Service")) if isinstance(statement.get("Principal"), dict) else []
    ties = {"aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:aws:logs:arn"}
    if services and not ties & {key for _, key in conditions(statement)}:
        return [f"{name_of(statement)}: {', '.join(services)} may act for other accounts"]
    return []


def resource(document: dict) -> list[str]:
    """Of a key, bucket or topic: nobody but this account, and services that act for it."""
    found = []
    for statement in allowed(document):
        found += negated(statement) + services_are_tied(statement)
        if anybody(statement):
            found.append(f"{name_of(statement)}: anybody may use it")
        principal = statement.get("Principal")
        others = [arn for arn in listed(principal.get("AWS")) if not re.fullmatch(r"arn:aws:iam::[0-9]{12}:root", arn)] if isinstance(principal, dict) else []
        found += [f"{name_of(statement)}: {arn} is let in; rights come from IAM" for arn in others if arn != "*"]
        if isinstance(principal, dict) and "Service" in principal:
            found += [f"{name_of(statement)}: a service needs no {action}" for action in listed(statement.get("Action")) if every_action(action)]
    return found


def tls_only(document: dict) -> list[str]:
    for statement in statements(document):
        whole = any(action in ("s3:*", "sns:Publish", "*") for action in listed(statement.get("Action")))
        if statement.get("Effect") == "Deny" and whole and anybody(statement) and conditions(statement) == {("Bool", "aws:SecureTransport"): ["false"]}:
            return []
    return ["plain HTTP is let in"]


def endpoint(document: dict) -> list[str]:
    """Of a VPC endpoint: what passes through, whoever asks."""
    found = []
    for statement in allowed(document):
        tied = ("StringEquals", "aws:ResourceAccount") in conditions(statement)
        if not tied and listed(statement.get("Action")) != ["s3:GetObject"]:
            found.append(f"{name_of(statement)}: data may leave for buckets of other accounts")
    return found + [problem for statement in allowed(document) for problem in negated(statement)]
