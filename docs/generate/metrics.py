"""docs/metrics.md: every metric of ours with the processes that show it, and every alarm that rests on them."""

import pkgutil
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from common import telemetry
from docs.generate.services import NAMES, ROOT

RULES = ROOT / "deploy/otel/alerts.yaml"
TEMPLATE = re.compile(r"{{ \$(?:labels\.)?(\w+)[^}]*}}")
# What holds metrics: the plumbing's, and any module of a service in these parts of it.
PARTS = ("application", "worker", "adapters", "api")

INTRODUCTION = """\
# Metrics and alarms

Each api and worker answers `/metrics` on its own port ([where](runbooks/README.md)), in Prometheus's text format.
Counters end in `_total`, times are in seconds, everything else counts what its description says. Prometheus adds
`service` and `process` (`api` or `worker`). Two workers of a service count the same database: take the `max`, not the
`sum`, of what has no `partition`.
"""


@dataclass(frozen=True, slots=True)
class Metric:
    """`services` are those whose processes show it; `worker_only`: an api of theirs does not."""

    name: str
    kind: str
    labels: Sequence[str]
    says: str
    services: Sequence[str]
    worker_only: bool

    @property
    def series(self) -> Sequence[str]:
        """The names under which its samples are stored."""
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(self.kind, ("",))
        return [self.name + suffix for suffix in suffixes]


def metrics() -> list[Metric]:
    """All of ours, by importing the modules that make them."""
    found: dict[str, Metric] = {}
    shared = list(_made_by("common.telemetry"))
    for service in NAMES:
        own = [one for part in PARTS for module in _modules(f"{service}.{part}") for one in _made_by(module)]
        for one in [*shared, *own]:
            [family] = one.describe()
            before = found[family.name].services if family.name in found else ()
            found[family.name] = Metric(
                name=family.name,
                kind=family.type,
                labels=one._labelnames,
                says=family.documentation,
                services=[*before, service] if service not in before else before,
                worker_only=_in(telemetry.WORKER, family.name),
            )
    return list(found.values())


def alerts() -> list[Mapping[str, Any]]:
    rules = yaml.safe_load(RULES.read_text())
    return [rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule]


def page() -> str:
    return "\n".join(
        [
            INTRODUCTION,
            "## Metrics\n",
            "| metric | kind | labels | says | shown by |",
            "|---|---|---|---|---|",
            *(_row(metric) for metric in metrics()),
            "",
            "## Alarms\n",
            "From `deploy/otel/alerts.yaml`; `deploy/otel/alerts.test.yaml` says when each fires and when not.\n",
            "| alarm | severity | after | says | what to do |",
            "|---|---|---|---|---|",
            *(_alarm(rule) for rule in alerts()),
            "",
        ]
    )


def _row(metric: Metric) -> str:
    name = metric.name + ("_total" if metric.kind == "counter" else "")
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    who = "every" if set(metric.services) == set(NAMES) else " and ".join(metric.services)
    process = "worker" if metric.worker_only else "process" if who == "every" else "api and worker"
    return f"| `{name}` | {metric.kind} | {labels} | {metric.says} | {who} {process} |"


def _alarm(rule: Mapping[str, Any]) -> str:
    said, runbook = rule["annotations"], rule["annotations"]["runbook_url"].removeprefix("docs/")
    page = runbook.rpartition("/")[2].removesuffix(".md")
    says = TEMPLATE.sub(r"‹\1›", said["description"].partition(". ")[0].rstrip("."))
    after = rule.get("for", "at once")
    return f"| {rule['alert']} | {rule['labels']['severity']} | {after} | {says} | [{page}]({runbook}) |"


def _made_by(module: str) -> Iterable[MetricWrapperBase]:
    return (
        one for one in vars(import_module(module)).values() if isinstance(one, MetricWrapperBase) and one.describe()
    )


def _modules(package: str) -> Iterable[str]:
    found = import_module(package)
    return [package, *(module.name for module in pkgutil.walk_packages(found.__path__, f"{package}."))]


def _in(registry: CollectorRegistry, name: str) -> bool:
    return name in {family.name for family in registry.collect()}
