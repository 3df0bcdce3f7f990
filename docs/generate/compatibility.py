"""May a schema replace an earlier one of its type? Both ways: consumers that know the earlier one read new events,
and consumers that know the new one read every event already told, because topics are kept for ever."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from docs.generate.schemas import Schema

SAID_TO_PEOPLE = {"$schema", "$comment", "title", "description", "examples", "deprecated"}
DATA = {"default", "enum", "const"}
PAYLOAD = "the payload"
DEFINITIONS = "#/$defs/"
# Compared by what is in them; of every other keyword any difference is refused.
COMPARED = {"properties", "required", "items", "additionalProperties", "enum"}


def shape(schema: Schema) -> Schema:
    """What decides whether a payload fits: without texts for people, definitions put where they are used."""
    found: Schema = _plain(schema, schema.get("$defs", {}), ())
    return found


def complaints(earlier: Schema, new: Schema) -> list[str]:
    """Why `new` may not replace `earlier`; nothing when it may."""
    return list(_differences(shape(earlier), shape(new), PAYLOAD))


def _differences(old: Schema, new: Schema, where: str) -> Iterable[str]:
    if "anyOf" in old or "anyOf" in new:
        yield from _alternatives(old, new, where)
        return
    for keyword in sorted((old.keys() | new.keys()) - COMPARED):
        if (keyword in old, old.get(keyword)) != (keyword in new, new.get(keyword)):
            yield f"{keyword} of {where} was {_said(old, keyword)} and would be {_said(new, keyword)}"
    yield from _fields(old, new, where)
    for keyword in ("items", "additionalProperties"):
        before, after = old.get(keyword), new.get(keyword)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _differences(before, after, f"what {where} holds")
        elif before != after:
            yield f"what {where} may hold changed"
    yield from _words(old, new, where)


def _fields(old: Schema, new: Schema, where: str) -> Iterable[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        at = _at(name, where)
        was, is_ = (name in side.get("required", ()) for side in (old, new))
        if name not in after:
            yield f"{at} is gone, and a consumer may read it"
        elif was and not is_:
            yield f"{at} may be absent from now on, and a consumer may rely on it"
        elif is_ and not was:
            yield f"{at} became required, and events already told may lack it"
        else:
            yield from _differences(before[name], after[name], at)
    for name in after:
        if name not in before and name in new.get("required", ()):
            yield f"{_at(name, where)} is new and required, and events already told lack it: give it a default"


def _at(name: str, where: str) -> str:
    return f"`{name}`" if where == PAYLOAD else f"`{name}` in {where}"


def _words(old: Schema, new: Schema, where: str) -> Iterable[str]:
    """Consumers keep lists of words open, so that one more is no harm; events already told may say any old one."""
    before, after = old.get("enum"), new.get("enum")
    if (before is None) != (after is None):
        yield f"{where} is a list of words on one side only"
    for word in before or ():
        if after is not None and word not in after:
            yield f"{where} can no longer be {word!r}, and events already told say so"


def _alternatives(old: Schema, new: Schema, where: str) -> Iterable[str]:
    before, after = _branches(old), _branches(new)
    if any(map(_is_null, before)) != any(map(_is_null, after)):
        yield f"{where} {'could be' if any(map(_is_null, after)) else 'can no longer be'} null"
    before, after = ([branch for branch in side if not _is_null(branch)] for side in (before, after))
    if len(before) == len(after) == 1:
        yield from _differences(before[0], after[0], where)
    elif not (_each_has_a_peer(before, after) and _each_has_a_peer(after, before)):
        yield f"{where} can be other kinds of values than before"


def _branches(schema: Schema) -> Sequence[Schema]:
    beside = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    return [{**beside, **branch} for branch in schema.get("anyOf", [{}])]


def _is_null(branch: Schema) -> bool:
    return bool(branch.get("type") == "null")


def _each_has_a_peer(those: Sequence[Schema], others: Sequence[Schema]) -> bool:
    return all(any(not list(_differences(one, other, "")) for other in others) for one in those)


def _said(schema: Schema, keyword: str) -> str:
    return repr(schema[keyword]) if keyword in schema else "not given"


def _plain(node: Any, definitions: Schema, inside: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_plain(item, definitions, inside) for item in node]
    if not isinstance(node, Mapping):
        return node
    if "$ref" in node:
        name = str(node["$ref"]).removeprefix(DEFINITIONS)
        if name in inside:
            raise ValueError(f"{name} holds itself: the rule cannot compare that")
        beside = {keyword: value for keyword, value in node.items() if keyword != "$ref"}
        return _plain({**definitions[name], **beside}, definitions, (*inside, name))
    found: dict[str, Any] = {}
    for keyword, value in node.items():
        if keyword == "const":
            found["enum"] = [value]
        elif keyword in DATA:
            found[keyword] = value
        elif keyword == "properties":
            found[keyword] = {name: _plain(field, definitions, inside) for name, field in value.items()}
        elif keyword not in SAID_TO_PEOPLE and keyword != "$defs":
            found[keyword] = _plain(value, definitions, inside)
    return found
