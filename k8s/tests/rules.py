"""What a rule is: a function that yields a line for every break of it in one rendering."""

from collections.abc import Callable, Iterator

import stream as k8s
from settings import Settings

Stream = list[k8s.Object]
Rule = Callable[["Case"], Iterator[str]]
RULES: dict[str, Rule] = {}


class Case:
    """One rendering: whose, under which profile, and what lies in the cluster besides."""

    def __init__(self, stream: Stream, profile: str, settings: Settings, besides: Stream | None = None) -> None:
        self.stream, self.profile, self.settings = stream, profile, settings
        self.everything = stream + (besides or [])

    def workloads(self) -> Stream:
        return k8s.kind(self.stream, *k8s.WORKLOADS)

    def servers(self) -> Stream:
        return k8s.kind(self.stream, "Deployment", "StatefulSet")


def rule(name: str) -> Callable[[Rule], Rule]:
    def register(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return register


def boxes(case: Case) -> Iterator[tuple[k8s.Object, k8s.Object]]:
    for workload in case.workloads():
        for box in k8s.containers(workload):
            yield workload, box
