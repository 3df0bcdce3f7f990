"""The alarms ask for metrics that somebody shows, are proven to fire and to be silent, and lead to a runbook."""

import asyncio
import re
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

import pytest
import yaml

from common import telemetry
from docs.generate.metrics import RULES, Metric, alerts, metrics
from docs.generate.services import ROOT
from sangam_local.prometheus import program

METRICS = metrics()
ALERTS = {rule["alert"]: rule for rule in alerts()}
OTEL = ROOT / "deploy/otel"
NAME = re.compile(r"\b(?:sangam|enrolment|scheduling|notifications)_[a-z_]+")
FOLLOWED = re.compile(r"^Last followed: 20\d\d-\d\d-\d\d, \w", re.MULTILINE)
# What Prometheus adds.
JOINED = {"service", "process", "instance", "job"}


def asked() -> str:
    dashboard = (OTEL / "grafana/dashboards/sangam.json").read_text()
    return "\n".join([RULES.read_text(), (OTEL / "alerts.test.yaml").read_text(), dashboard])


def test_rules_and_dashboard_ask_only_for_metrics_that_a_process_shows() -> None:
    shown = {series for metric in METRICS for series in metric.series}

    assert {name for name in NAME.findall(asked()) if not name.endswith("_sangam_consumer_lag")} - shown == set()


@pytest.mark.parametrize("rule", ALERTS.values(), ids=ALERTS)
def test_an_alarm_selects_and_groups_by_labels_that_its_metrics_have(rule: dict[str, Any]) -> None:
    labels = {label for metric in METRICS for label in metric.labels if metric.name in rule["expr"]} | JOINED
    if "service_topic:" in rule["expr"]:
        labels.add("topic")
    grouped = {word for words in re.findall(r"(?:by|on) \(([^)]*)\)", rule["expr"]) for word in words.split(", ")}
    selected = {word for words in re.findall(r"\{([^}]*)\}", rule["expr"]) for word in re.findall(r"(\w+)[=!]", words)}
    told = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))

    assert (grouped | selected | told) - labels == set()


@pytest.mark.parametrize("rule", ALERTS.values(), ids=ALERTS)
def test_an_alarm_says_how_bad_it_is_what_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    runbook = (ROOT / rule["annotations"]["runbook_url"]).read_text()
    assert f"**{rule['alert']}**" in runbook
    assert FOLLOWED.search(runbook)


@pytest.mark.parametrize("name", ALERTS)
@pytest.mark.parametrize("always", ["vector(1) == 0", 'label_replace(vector(1), "service", "any", "", "")'])
async def test_the_rules_tests_notice_an_alarm_that_never_or_always_fires(
    name: str, always: str, tmp_path: Path
) -> None:
    rules = yaml.safe_load(RULES.read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            if rule.get("alert") == name:
                rule["expr"] = always
    (tmp_path / "alerts.yaml").write_text(yaml.safe_dump(rules))
    (tmp_path / "alerts.test.yaml").write_text((OTEL / "alerts.test.yaml").read_text())

    tested = await asyncio.create_subprocess_exec(
        await program("promtool"), "test", "rules", tmp_path / "alerts.test.yaml", stdout=PIPE, stderr=STDOUT
    )
    said, _ = await tested.communicate()

    assert tested.returncode == 1
    assert name in said.decode()


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_named_as_prometheus_wants_it(metric: Metric) -> None:
    """https://prometheus.io/docs/practices/naming: one prefix, base units, which stand last."""
    assert re.fullmatch(r"sangam(_[a-z]+)+", metric.name)
    assert metric.says
    assert not metric.says.endswith(".")
    assert not set(metric.labels) & JOINED, "Prometheus's own would overwrite it"
    assert not re.search(r"_(total|count|sum|bucket|ms|milliseconds|minutes|percent)$", metric.name)
    if re.search(r"age|timestamp|duration|http", metric.name):
        assert metric.name.endswith("_seconds")


def test_what_only_workers_know_no_api_shows() -> None:
    """An api's outbox age of 0 would say that all is published, though it never looks."""
    known = {"sangam_outbox_age_seconds", "sangam_consumer_lag", "sangam_parked_keys", "sangam_notices_due_age_seconds"}

    assert known <= {metric.name for metric in METRICS if metric.worker_only}
    assert {family.name for family in telemetry.WORKER.collect()} == {m.name for m in METRICS if m.worker_only}


def test_a_gauge_of_what_waits_is_shown_by_workers_only() -> None:
    assert [m.name for m in METRICS if m.kind == "gauge" and not m.worker_only] == []
