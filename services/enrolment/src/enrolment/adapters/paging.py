"""One page of what an actor may see: each scope is one way to be allowed, a row in any of them is shown once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from common.codec import decode
from common.store import Document, Reads
from enrolment.application.queries import Rows

Row = TypeVar("Row")
Scope = Mapping[str, Any]

EVERYTHING: Sequence[Scope] = ({},)


async def page(
    reads: Reads,
    collection: str,
    scopes: Sequence[Scope],
    where: Mapping[str, Any],
    row: Callable[[Document], Row],
    limit: int,
    after: str | None,
) -> Rows[Row]:
    """By id; `after` is the last id of the page before."""
    found: dict[str, Document] = {}
    wanted = {name: value for name, value in where.items() if value is not None}
    beyond = {"_id": {"$gt": after}} if after else {}
    for scope in scopes:
        both = {name: value for name, value in scope.items() if name not in wanted}
        if any(not _within(wanted[name], value) for name, value in scope.items() if name in wanted):
            continue
        if "_id" in both and after and not both["_id"] > after:
            continue
        rows = await reads.select(collection, {**beyond, **wanted, **both}, limit=limit + 1)
        found.update((document["_id"], document) for document in rows)
    ids = sorted(found)
    return Rows([row(found[id]) for id in ids[:limit]], next=ids[limit - 1] if len(ids) > limit else None)


def _within(wanted: Any, allowed: Any) -> bool:
    """A filter inside a scope: what is asked for must be what is allowed."""
    return wanted in allowed["$in"] if isinstance(allowed, dict) else bool(wanted == allowed)


def rows_of(kind: type[Row]) -> Callable[[Document], Row]:
    def row(document: Document) -> Row:
        decoded: Row = decode(kind, document)
        return decoded

    return row
