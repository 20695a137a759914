"""What no schema says: our own rules for rendered manifests. `mutations.py` breaks each on purpose, and the rule has to notice."""

import rules_cluster  # noqa: F401  importing registers
import rules_pods  # noqa: F401
from rules import RULES, Case

__all__ = ["RULES", "Case", "check"]


def check(case: Case) -> dict[str, list[str]]:
    return {name: list(function(case)) for name, function in RULES.items()}
