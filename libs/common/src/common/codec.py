"""Between frozen dataclasses and documents: only values that BSON has, ids as text, instants in milliseconds."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from common.clock import to_milliseconds

_AS_THEY_ARE = frozenset({str, int, float, bool, bytes, type(None)})


_codecs: dict[type[Any], TypeAdapter[Any]] = {}


def codec(kind: type[Any]) -> TypeAdapter[Any]:
    """Made once per class: making one costs milliseconds."""
    if kind not in _codecs:
        _codecs[kind] = TypeAdapter(kind)
    return _codecs[kind]


def plain(value: Any) -> Any:
    """The value as a document keeps it. Dates and times as ISO 8601 text, durations as seconds, sets sorted."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return to_milliseconds(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {name if type(name) is str else str(plain(name)): plain(item) for name, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value))
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"no document can hold a {kind.__name__}")


def encode(kind: type[Any], aggregate: Any) -> dict[str, Any]:
    """Every field but `id` and `version`, which the write itself carries."""
    fields = codec(kind).dump_python(aggregate)
    return {name: plain(value) for name, value in fields.items() if name not in ("id", "version")}


def decode(kind: type[Any], document: Mapping[str, Any]) -> Any:
    """Fields that this version does not know are ignored, and stay in the database."""
    return codec(kind).validate_python({**document, "id": document["_id"]})
