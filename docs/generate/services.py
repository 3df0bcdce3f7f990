"""What the code of the services says about events: who tells which, who reacts to which, on which topics."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from common.consumer import Subscriptions
from common.event import Event
from common.topics import Topic

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("enrolment", "scheduling", "notifications")


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    events: Sequence[type[Event]]
    subscriptions: Subscriptions[Any]
    topics: Sequence[Topic]


def services() -> list[Service]:
    """All three, by importing what each declares."""
    return [_service(name) for name in NAMES]


def declared_topics() -> dict[str, dict[str, Any]]:
    """deploy/kafka/topics.yaml as it stands."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "deploy/kafka/topics.yaml").read_text())
    return found


def first_words(thing: object) -> str:
    """The first paragraph of what is written at a class or function, on one line; empty when nothing is."""
    return " ".join(inspect.cleandoc(getattr(thing, "__doc__", None) or "").split("\n\n")[0].split())


def _service(name: str) -> Service:
    return Service(
        name=name,
        events=_events(name),
        subscriptions=import_module(f"{name}.worker.subscriptions").SUBSCRIPTIONS,
        topics=import_module(f"{name}.bootstrap").TOPICS,
    )


def _events(name: str) -> list[type[Event]]:
    """The concrete classes of domain/events.py in their order there; a service that tells nothing has no such file."""
    if not (ROOT / f"services/{name}/src/{name}/domain/events.py").exists():
        return []
    module = import_module(f"{name}.domain.events")
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Event) and "event_type" in vars(kind)
    ]
