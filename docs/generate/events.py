"""docs/events.md: every event with its key, its payload, why it happens and who reacts."""

import inspect
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from common.event import Event, Part
from common.subscriptions import subscription
from docs.generate.services import Service, first_words

INTRODUCTION = """\
# Events

What the services tell one another. Fact topics are kept for ever and read in order per key; state topics are
compacted and hold the full current state of one thing each, or a record without a value once it is erased. On the wire
an event is a Kafka record in CloudEvents 1.0 binary mode: the attributes are `ce_*` headers, the value is the payload
below as JSON. Only `people` carries personal data.

Machines read the same in a schema and examples per event, and in an AsyncAPI 3.0 document per service:
[enrolment](../services/enrolment/contracts/asyncapi.yaml),
[scheduling](../services/scheduling/contracts/asyncapi.yaml),
[notifications](../services/notifications/contracts/asyncapi.yaml).
"""

NAMES: dict[Any, str] = {
    UUID: "UUID",
    datetime: "instant",
    date: "date",
    time: "time of day",
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    types.NoneType: "null",
}


def page(found: Sequence[Service], topics: Mapping[str, Mapping[str, Any]]) -> str:
    blocks = [INTRODUCTION, *_overview(topics)]
    for topic, said in topics.items():
        told = [(service, kind) for service in found for kind in service.events if kind.topic == topic]
        blocks.append(f"## `{topic}`\n")
        blocks.append(f"Told by {said['owner']}, keyed by {said['keyed_by']}, {said['partitions']} partition(s).\n")
        blocks += [_event(teller, kind, found) for teller, kind in told]
    blocks.append("## Parts\n\nWhat payloads are made of.\n")
    blocks += [_part(kind) for kind in _parts([kind for service in found for kind in service.events])]
    return "\n".join(blocks)


def _overview(topics: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    yield "| topic | told by | read by | kept |\n|---|---|---|---|"
    for name, said in topics.items():
        kept = "compacted" if said["cleanup"] == "compact" else "for ever"
        yield f"| [`{name}`](#{name}) | {said['owner']} | {', '.join(said['consumers'])} | {kept} |"
    yield ""


def _event(teller: Service, kind: type[Event], found: Sequence[Service]) -> str:
    contract = f"../services/{teller.name}/contracts/{kind.event_type}"
    links = f"[schema]({contract}/schema.json) · [examples]({contract}/examples)"
    head = f"`{kind.event_type}` · key `{kind.key_field}` · {links}"
    lines = [f"### {kind.__name__}", "", head, "", _why(kind), ""]
    for service in found:
        for incoming, said in service.subscriptions.items():
            if (incoming.topic, incoming.event_type) == (kind.topic, kind.event_type):
                reaction = subscription(said).react or subscription(said).copy
                lines.append(f"- **{service.name}** (`{_name(reaction)}`){_does(reaction)}")
                if gone := subscription(said).gone:
                    lines.append(f"- **{service.name}**, once it is erased (`{_name(gone)}`){_does(gone)}")
    return "\n".join([*lines, "", *_fields(kind), ""])


def _part(kind: type[Part]) -> str:
    return "\n".join([f"### {kind.__name__}", "", _why(kind), "", *_fields(kind), ""])


def _fields(kind: type[BaseModel]) -> Iterable[str]:
    yield "| field | type |"
    yield "|---|---|"
    for name, field in kind.model_fields.items():
        may_lack = "" if field.is_required() else ", may be absent"
        yield f"| `{name}` | {in_words(field.annotation)}{may_lack} |"


def in_words(annotation: Any) -> str:
    """The type as JSON readers see it."""
    if annotation in NAMES:
        return NAMES[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (list, tuple, frozenset, set):
        return f"list of {in_words(arguments[0])}"
    if origin is dict:
        return f"{in_words(arguments[1])} by {in_words(arguments[0])}"
    if origin in (Union, types.UnionType):
        return " or ".join(map(in_words, arguments))
    raise TypeError(f"docs/generate/events.py has no word for {annotation}")


def _parts(kinds: Iterable[type[BaseModel]]) -> list[type[Part]]:
    """Every Part that these payloads hold, each once, in the order of meeting them."""
    found: dict[type[Part], None] = {}
    for kind in kinds:
        for field in kind.model_fields.values():
            for inner in _inside(field.annotation):
                found[inner] = None
                found.update(dict.fromkeys(_parts([inner])))
    return list(found)


def _inside(annotation: Any) -> Iterable[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in get_args(annotation):
        yield from _inside(argument)


def _why(kind: type[BaseModel]) -> str:
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split())


def _name(reaction: object) -> str:
    return str(getattr(reaction, "__name__", type(reaction).__name__))


def _does(reaction: object) -> str:
    said = first_words(reaction)
    return f": {said}" if said else ""
