"""An event costs its producer two hand-written places and each consumer three; everything else is derived."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest
import yaml

from common.cause import Cause
from common.event import IncomingEvent
from docs.generate import asyncapi, contracts, events
from docs.generate.services import NAMES, ROOT, Service, declared_topics, services
from scheduling.domain.events import TimetableFact

SERVICES = services()
WHERE_EVENTS_ARE_NAMED = {
    "domain/events.py": "the class",
    "application/incoming.py": "the consumer's class",
    "application/copying*.py": "the reaction",
    "application/reactions*.py": "the reaction",
    "application/*.py": "a use case",
    "worker/subscriptions.py": "the line",
}
USE_CASES = {"a use case", "the reaction"}  # a reaction may tell something of its own
TYPE = re.compile(r"\bsangam\.[a-z-]+\.[a-z-]+\.v\d+\b")
HAND_WRITTEN = ("services/*/src/**/*", "libs/*/src/**/*", "deploy/**/*", "benchmarks/**/*.py", "docs/generate/*.py")


class SessionSwapped(TimetableFact):
    """Two sessions changed places."""

    event_type: ClassVar[str] = "sangam.session.swapped.v1"
    first: UUID
    second: UUID


class SwapHeard(IncomingEvent):
    event_type: ClassVar[str] = "sangam.session.swapped.v1"
    topic: ClassVar[str] = "scheduling-events"
    first: UUID


async def on_session_swapped(event: SwapHeard, tx: Cause) -> None:
    """Say so to both groups."""


def with_one_more() -> list[Service]:
    """The services as they would be with one more event, told by scheduling and heard by notifications."""
    enrolment, scheduling, notifications = SERVICES
    return [
        enrolment,
        replace(scheduling, events=[*scheduling.events, SessionSwapped]),
        replace(notifications, subscriptions={**notifications.subscriptions, SwapHeard: on_session_swapped}),
    ]


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_producer_names_its_event_in_two_places_and_a_consumer_in_three(service: Service) -> None:
    places = _places(service.name)

    for told in service.events:
        assert places[told.__name__] - USE_CASES == {"the class"}, told
        assert places[told.__name__] & USE_CASES, told
    for heard in service.subscriptions:
        assert places[heard.__name__] == {"the consumer's class", "the reaction", "the line"}, heard


def test_a_type_is_spelt_where_its_classes_are_and_nowhere_else_by_hand() -> None:
    spelt = {
        path.relative_to(ROOT / "services").as_posix()
        for pattern in HAND_WRITTEN
        for path in ROOT.glob(pattern)
        if path.is_file() and "__pycache__" not in path.parts and TYPE.search(path.read_text(errors="replace"))
    }

    told = {f"{name}/src/{name}/domain/events.py" for name in ("enrolment", "scheduling")}
    assert spelt == told | {f"{name}/src/{name}/application/incoming.py" for name in NAMES}


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_no_page_lists_events_by_hand(service: Service) -> None:
    named = {kind.__name__ for kind in (*service.events, *service.subscriptions)}

    assert named & set(re.findall(r"\w+", (ROOT / f"services/{service.name}/README.md").read_text())) == set()


def test_schema_examples_documents_and_page_follow_from_the_classes(tmp_path: Path) -> None:
    before = _generated(SERVICES, tmp_path)
    after = _generated(with_one_more(), tmp_path)

    folder = "services/scheduling/contracts/sangam.session.swapped.v1"
    assert after.keys() - before.keys() == {f"{folder}/schema.json", f"{folder}/examples/full.json"}
    assert {name for name in before if after[name] != before[name]} == {
        "docs/events.md",
        "services/scheduling/contracts/asyncapi.yaml",
        "services/notifications/contracts/asyncapi.yaml",
    }
    assert "### SessionSwapped" in after["docs/events.md"]
    assert "**notifications** (`on_session_swapped`): Say so to both groups." in after["docs/events.md"]
    told, heard = (yaml.safe_load(after[f"services/{name}/contracts/asyncapi.yaml"]) for name in NAMES[1:])
    assert told["operations"]["tellSessionSwapped"]["action"] == "send"
    assert heard["operations"]["onSwapHeard"]["action"] == "receive"
    assert heard["operations"]["onSwapHeard"]["summary"] == "Say so to both groups."


def test_a_consumer_that_comes_before_its_producer_is_described_when_the_producer_comes(tmp_path: Path) -> None:
    enrolment, scheduling, notifications = with_one_more()
    early = [enrolment, replace(scheduling, events=SERVICES[1].events), notifications]

    described = yaml.safe_load(_generated(early, tmp_path)["services/notifications/contracts/asyncapi.yaml"])

    assert "onSwapHeard" not in described["operations"]


def _generated(found: list[Service], root: Path) -> dict[str, str]:
    made = {**contracts.files(found, root), **asyncapi.files(found, root)}
    page = events.page(found, declared_topics())
    return {path.relative_to(root).as_posix(): text for path, text in made.items()} | {"docs/events.md": page}


def _places(service: str) -> Mapping[str, set[str]]:
    """Name → the kinds of places of a service's code that use it."""
    source = ROOT / f"services/{service}/src/{service}"
    found = defaultdict(set)
    for path in source.rglob("*.py"):
        place = path.relative_to(source)
        kind = next((said for where, said in WHERE_EVENTS_ARE_NAMED.items() if place.match(where)), place.as_posix())
        for name in _names(ast.parse(path.read_text())):
            found[name].add(kind)
    return found


def _names(module: ast.Module) -> Iterable[str]:
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                yield name
