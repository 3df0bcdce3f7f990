"""deploy/kafka/topics.yaml says what the code does, and nothing is told that nobody hears."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from common.event import IncomingState, StateEvent
from common.subscriptions import subscription
from docs.generate.contracts import committed
from docs.generate.services import NAMES, ROOT, Service, declared_topics, services

SERVICES = services()
TOLD = {(kind.topic, kind.event_type): kind for service in SERVICES for kind in service.events}
CONTRACTS = {(contract.topic, contract.type) for contract in committed(ROOT)}
HEARD = {(kind.topic, kind.event_type) for service in SERVICES for kind in service.subscriptions}


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_the_topics_file_and_the_code_agree(service: Service) -> None:
    declared = {name: said for name, said in declared_topics().items() if said["owner"] == service.name}

    assert {topic.name for topic in service.topics} == declared.keys()
    for topic in service.topics:
        said = declared[topic.name]
        assert (topic.partitions, topic.cleanup) == (said["partitions"], said["cleanup"])
        for setting, file_name in (
            ("retention.ms", "retention_ms"),
            ("max.compaction.lag.ms", "max_compaction_lag_ms"),
            ("segment.ms", "segment_ms"),
            ("delete.retention.ms", "delete_retention_ms"),
        ):
            assert topic.config.get(setting) == (str(said[file_name]) if file_name in said else None)


def test_the_topics_file_names_exactly_those_who_subscribe() -> None:
    for topic, said in declared_topics().items():
        subscribers = {s.name for s in SERVICES if any(kind.topic == topic for kind in s.subscriptions)}

        assert set(said["consumers"]) == subscribers, topic


def test_no_service_subscribes_to_its_own_topics() -> None:
    for service in SERVICES:
        own = {topic.name for topic in service.topics}

        assert not [kind for kind in service.subscriptions if kind.topic in own]


@pytest.mark.rule("P-01")
def test_every_copy_of_a_state_vanishes_when_the_state_is_erased() -> None:
    states = [
        (kind, said) for s in SERVICES for kind, said in s.subscriptions.items() if issubclass(kind, IncomingState)
    ]

    assert [kind.__qualname__ for kind, said in states if subscription(said).gone is None] == []


@pytest.mark.rule("P-01")
@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_every_state_topic_is_repaired_by_its_owner(service: Service) -> None:
    told = {kind for kind in service.events if issubclass(kind, StateEvent)}

    assert told == (set(import_module(f"{service.name}.application.states").CURRENT) if told else set())


def test_every_event_is_told_on_a_topic_of_its_own_service() -> None:
    for service in SERVICES:
        own = {topic.name for topic in service.topics}

        assert {kind.topic for kind in service.events} <= own


def test_every_event_has_a_subscriber() -> None:
    assert [kind.__name__ for key, kind in TOLD.items() if key not in HEARD] == []


def test_every_subscription_has_a_contract() -> None:
    """One whose class is gone counts: its events are still on the topic."""
    assert sorted(HEARD - CONTRACTS) == []


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_every_event_is_told_by_some_use_case(service: Service) -> None:
    used = _names_used(ROOT / f"services/{service.name}/src/{service.name}/application")

    assert [kind.__name__ for kind in service.events if kind.__name__ not in used] == []


def _names_used(folder: Path) -> set[str]:
    """Names of classes that the code of a folder calls, or calls something of: `Told(…)`, `Told.of(…)`."""
    used = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                used.add(node.id)
    return used
