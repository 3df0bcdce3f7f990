"""Payloads by their schema: where words and things stand in them, and how tomorrow's producer may write them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from docs.generate.compatibility import shape
from docs.generate.contracts import Contract

Path = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    path: Path
    value: Any
    schema: Mapping[str, Any]

    @property
    def is_word(self) -> bool:
        """Text that may be one of a list of words: no id, instant, date or time of day."""
        return self.schema.get("type") == "string" and not {"format", "pattern"} & self.schema.keys()

    @property
    def is_thing(self) -> bool:
        """An object with fields; the keys of a map such as titles by language are data."""
        return "properties" in self.schema


def pieces(contract: Contract, document: Any) -> Iterable[Piece]:
    yield from _pieces(document, shape(contract.schema), ())


def with_other_words(contract: Contract, text: str) -> Iterable[str]:
    """The payload once per word in it, which is then one that nobody has ever seen."""
    document = json.loads(text)
    for piece in pieces(contract, document):
        if piece.is_word:
            yield json.dumps(_replaced(document, piece.path, "a-word-of-tomorrow"))


def with_other_fields(contract: Contract, text: str) -> str:
    """The payload with a field more in everything that has fields."""
    document = json.loads(text)
    for piece in list(pieces(contract, document)):
        if piece.is_thing:
            piece.value["of_tomorrow"] = {"anything": [1, None]}
    return json.dumps(document)


def _pieces(value: Any, schema: Mapping[str, Any], path: Path) -> Iterable[Piece]:
    for branch in schema.get("anyOf", ()):
        if (value is None) == (branch.get("type") == "null"):
            schema = branch
    yield Piece(path, value, schema)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _pieces(item, schema["items"], (*path, number))
    elif isinstance(value, dict):
        for name, item in list(value.items()):
            inner = schema["properties"][name] if "properties" in schema else schema["additionalProperties"]
            yield from _pieces(item, inner, (*path, name))


def _replaced(value: Any, path: Path, by: str) -> Any:
    if not path:
        return by
    first, *rest = path
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[first] = _replaced(copy[first], tuple(rest), by)
    return copy
