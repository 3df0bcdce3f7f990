"""Examples of every event, made from its class, always the same ones; contracts hold them and tests read them."""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from common.event import Event

E = TypeVar("E", bound=BaseModel)

PLAIN: Mapping[Any, Any] = {
    UUID: UUID("01970000-0000-7000-8000-000000000001"),
    datetime: datetime(2026, 8, 14, 3, 30, tzinfo=UTC),
    date: date(2026, 8, 14),
    time: time(9, 0),
    int: 3,
    float: 1.5,
    bool: True,
}
# A text is its field's name, unless readers would stumble over that.
TEXTS: Mapping[str, str] = {
    "campus": "puducherry",
    "owner_campus": "puducherry",
    "zone": "Asia/Kolkata",
    "language": "ta",
    "languages": "ta",
    "email": "someone@training.example",
    "phone": "+910000000000",
}
KEYS: Mapping[str, str] = {"names": "ta", "titles": "ta", "shares": "puducherry"}


@dataclass(frozen=True, slots=True)
class Variant:
    """How much of what may lack is there."""

    name: str
    optional: bool
    items: int


VARIANTS = (
    Variant("full", optional=True, items=2),
    Variant("minimal", optional=False, items=1),
    Variant("empty", optional=False, items=0),
)


def examples(kind: type[E]) -> list[E]:
    """One with everything in it, one with nothing that may be absent or null, one whose lists are empty too."""
    return [_thing(kind, variant) for variant in VARIANTS]


def documents(kind: type[Event]) -> dict[str, str]:
    """Name → JSON, without repetitions. What was not given is absent, as in an event older than that field."""
    found: dict[str, str] = {}
    for variant in VARIANTS:
        text = _thing(kind, variant).model_dump_json(exclude_unset=True, indent=2) + "\n"
        if text not in found.values():
            found[variant.name] = text
    return found


def _thing(kind: type[E], variant: Variant) -> E:
    given = {name: field for name, field in kind.model_fields.items() if variant.optional or field.is_required()}
    return kind(**{name: _value(field.annotation, name, variant) for name, field in given.items()})


def _value(annotation: Any, name: str, variant: Variant) -> Any:
    if annotation is str:
        return TEXTS.get(name, name.replace("_", "-"))
    if annotation in PLAIN:
        return PLAIN[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        if not variant.optional and types.NoneType in arguments:
            return None
        return _value(next(a for a in arguments if a is not types.NoneType), name, variant)
    if origin is list:
        return [_value(arguments[0], name, variant)] * variant.items
    if origin is dict:
        return {_key(arguments[0], name, variant): _value(arguments[1], name, variant)} if variant.items else {}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _thing(annotation, variant)
    raise TypeError(f"no example for {annotation}")


def _key(annotation: Any, name: str, variant: Variant) -> Any:
    return KEYS[name] if annotation is str and name in KEYS else _value(annotation, name, variant)
