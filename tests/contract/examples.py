"""Examples of every event, made from its class: one with everything in it, one with as little as it allows."""

import types
from collections.abc import Iterable, Mapping
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
    str: "puducherry",
    int: 3,
    float: 1.5,
    bool: True,
}


def examples(kind: type[E]) -> list[E]:
    return [_full(kind), _sparse(kind)]


def json_texts(value: Any, path: tuple[Any, ...] = ()) -> Iterable[tuple[Any, ...]]:
    """Where in a JSON document text stands that is no id, date or time of day."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from json_texts(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from json_texts(item, (*path, number))
    elif value == PLAIN[str]:
        yield path


def replaced(value: Any, path: tuple[Any, ...], by: str) -> Any:
    """The document with one text replaced."""
    if not path:
        return by
    first, *rest = path
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[first] = replaced(copy[first], tuple(rest), by)
    return copy


def _full(kind: type[Any]) -> Any:
    return kind(**{name: _value(field.annotation, full=True) for name, field in kind.model_fields.items()})


def _sparse(kind: type[Any]) -> Any:
    required = {name: field for name, field in kind.model_fields.items() if field.is_required()}
    return kind(**{name: _value(field.annotation, full=False) for name, field in required.items()})


def _value(annotation: Any, *, full: bool) -> Any:
    if annotation in PLAIN:
        return PLAIN[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        if not full and types.NoneType in arguments:
            return None
        return _value(next(a for a in arguments if a is not types.NoneType), full=full)
    if origin is list:
        return [_value(arguments[0], full=True)] * 2 if full else []
    if origin is dict:
        return {_value(arguments[0], full=True): _value(arguments[1], full=True)} if full else {}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _full(annotation) if full else _sparse(annotation)
    raise TypeError(f"no example for {annotation}")


def wire(event: Event) -> bytes:
    return event.model_dump_json().encode()
