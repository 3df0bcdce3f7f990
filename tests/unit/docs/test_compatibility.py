"""A schema may follow another when old consumers read its events and its consumers read the old events."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Literal

import pytest
from pydantic import TypeAdapter

from docs.generate.compatibility import complaints, shape

SCHEMA: dict[str, Any] = {
    "$comment": "Generated",
    "x-topic": "tea-events",
    "x-key": "tea_id",
    "$defs": {
        "Cup": {
            "type": "object",
            "description": "One cup.",
            "properties": {"size": {"type": "integer"}, "title": {"type": "string"}},
            "required": ["size", "title"],
        }
    },
    "type": "object",
    "properties": {
        "tea_id": {"type": "string", "format": "uuid"},
        "kind": {"type": "string", "enum": ["green", "black"]},
        "cups": {"type": "array", "items": {"$ref": "#/$defs/Cup"}},
        "prices": {"type": "object", "additionalProperties": {"type": "integer"}},
        "due": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        "served_in": {"anyOf": [{"$ref": "#/$defs/Cup"}, {"type": "null"}], "default": None},
        "note": {"type": "string", "default": ""},
    },
    "required": ["tea_id", "kind", "cups", "prices", "due"],
}
Change = Callable[[dict[str, Any]], Any]
CUP = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}

GOOD: dict[str, Change] = {
    "nothing": lambda s: None,
    "a new field that may be absent": lambda s: s["properties"].update(milk={"type": "boolean", "default": False}),
    "a new field that may be absent, deep inside": lambda s: _cup(s).update(handle={"type": "string", "default": ""}),
    "one more word": lambda s: s["properties"]["kind"]["enum"].append("white"),
    "texts for people": lambda s: s.update(description="Tea was made.", title="TeaMade"),
    "another order": lambda s: s.update(properties=dict(reversed(s["properties"].items()))),
    "a definition by another name": lambda s: s.update(_renamed(s)),
}
BAD: dict[str, tuple[Change, str]] = {
    "a field is gone": (lambda s: _drop(s, "kind"), "`kind` is gone"),
    "a field that could be absent is gone": (lambda s: _drop(s, "note"), "`note` is gone"),
    "a field is called otherwise": (lambda s: _rename(s, "kind", "sort"), "`kind` is gone"),
    "a new field is required": (lambda s: _require(s, "milk", {"type": "boolean"}), "`milk` is new and required"),
    "a field became required": (lambda s: s["required"].append("note"), "`note` became required"),
    "a field may be absent": (lambda s: s["required"].remove("kind"), "`kind` may be absent from now on"),
    "a number became a text": (
        lambda s: s["properties"]["prices"]["additionalProperties"].update(type="string"),
        "type of what `prices` holds was 'integer' and would be 'string'",
    ),
    "a number got wider": (
        lambda s: s["properties"]["prices"]["additionalProperties"].update(type="number"),
        "type of what `prices` holds was 'integer' and would be 'number'",
    ),
    "an id became any text": (lambda s: s["properties"]["tea_id"].pop("format"), "format of `tea_id` was 'uuid'"),
    "a text became an instant": (
        lambda s: s["properties"]["note"].update(format="date-time"),
        "format of `note` was not given and would be 'date-time'",
    ),
    "a field could be null": (
        lambda s: s["properties"].update(kind={"anyOf": [s["properties"]["kind"], {"type": "null"}]}),
        "`kind` could be null",
    ),
    "a field can not be null": (
        lambda s: s["properties"].update(due=s["properties"]["due"]["anyOf"][0]),
        "`due` can no longer be null",
    ),
    "a nullable field changed within": (
        lambda s: s["properties"]["due"]["anyOf"][0].update(format="date"),
        "format of `due` was 'date-time' and would be 'date'",
    ),
    "one word less": (lambda s: s["properties"]["kind"]["enum"].remove("green"), "`kind` can no longer be 'green'"),
    "a text became a list of words": (
        lambda s: s["properties"]["note"].update(enum=["sweet"]),
        "`note` is a list of words on one side only",
    ),
    "a list became a map": (
        lambda s: s["properties"].update(cups={"type": "object", "additionalProperties": CUP}),
        "type of `cups` was 'array' and would be 'object'",
    ),
    "a part lost a field": (lambda s: _cup(s).pop("title"), "`title` in what `cups` holds is gone"),
    "a nullable part lost a field": (lambda s: _cup(s).pop("title"), "`title` in `served_in` is gone"),
    "a part has a new required field": (
        lambda s: _require(s["$defs"]["Cup"], "handle", {"type": "string"}),
        "`handle` in what `cups` holds is new and required",
    ),
    "one more kind of value": (
        lambda s: s["properties"]["due"]["anyOf"].append({"type": "integer"}),
        "`due` can be other kinds of values",
    ),
    "what absence means": (
        lambda s: s["properties"]["note"].update(default="none"),
        "default of `note` was '' and would be 'none'",
    ),
    "absence lost its meaning": (
        lambda s: s["properties"]["served_in"].pop("default"),
        "default of `served_in` was None and would be not given",
    ),
    "a limit": (lambda s: s["properties"]["note"].update(maxLength=5), "maxLength of `note` was not given"),
    "a keyword that the rule does not know": (
        lambda s: s["properties"]["note"].update(contentEncoding="base64"),
        "contentEncoding of `note`",
    ),
    "another topic": (lambda s: s.update({"x-topic": "tea"}), "x-topic of the payload was 'tea-events'"),
    "another key": (lambda s: s.update({"x-key": "kind"}), "x-key of the payload was 'tea_id'"),
}


@pytest.mark.rule("E1")
@pytest.mark.parametrize("change", GOOD.values(), ids=GOOD)
def test_a_change_that_both_sides_bear_is_taken(change: Change) -> None:
    assert complaints(SCHEMA, _changed(change)) == []


@pytest.mark.rule("E1")
@pytest.mark.parametrize(("change", "sentence"), BAD.values(), ids=BAD)
def test_a_change_that_one_side_cannot_bear_is_refused(change: Change, sentence: str) -> None:
    found = complaints(SCHEMA, _changed(change))

    assert [said for said in found if said.startswith(sentence)], found


def test_one_word_is_a_list_of_one() -> None:
    one, two = (
        {"properties": {"kind": TypeAdapter(words).json_schema()}} for words in (Literal["a"], Literal["a", "b"])
    )

    assert complaints(one, two) == []
    assert complaints(two, one) == ["`kind` can no longer be 'b', and events already told say so"]


def test_a_field_named_like_a_keyword_counts() -> None:
    assert "title" in shape(SCHEMA)["properties"]["cups"]["items"]["properties"]


def test_what_holds_itself_is_refused() -> None:
    endless = {"$defs": {"Box": {"properties": {"inner": {"$ref": "#/$defs/Box"}}}}, "$ref": "#/$defs/Box"}

    with pytest.raises(ValueError, match="Box holds itself"):
        shape(endless)


def _changed(change: Change) -> dict[str, Any]:
    copy = deepcopy(SCHEMA)
    change(copy)
    return copy


def _cup(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"]["Cup"]["properties"]
    return found


def _drop(schema: dict[str, Any], name: str) -> None:
    del schema["properties"][name]
    schema["required"] = [other for other in schema["required"] if other != name]


def _rename(schema: dict[str, Any], name: str, other: str) -> None:
    schema["properties"][other] = schema["properties"].pop(name)
    schema["required"] = [other if one == name else one for one in schema["required"]]


def _require(schema: dict[str, Any], name: str, field: dict[str, Any]) -> None:
    schema["properties"][name] = field
    schema["required"].append(name)


def _renamed(schema: dict[str, Any]) -> dict[str, Any]:
    mug = {"$ref": "#/$defs/Mug"}
    fields = {"cups": {"type": "array", "items": mug}, "served_in": {"anyOf": [mug, {"type": "null"}], "default": None}}
    return {"$defs": {"Mug": schema["$defs"]["Cup"]}, "properties": schema["properties"] | fields}
