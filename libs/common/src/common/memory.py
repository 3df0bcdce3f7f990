"""The same database and broker in memory, for unit tests. Keeps nothing."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any, TypeVar

from common import outbox
from common.codec import plain
from common.envelope import Envelope
from common.problem import Unavailable
from common.store import BY_ID, Document, Indexes, Order, Store, Write

R = TypeVar("R")


class _Conflict(Exception):
    pass


class MemoryDatabase:
    """Optimistic: reads see the committed state, a write of a version that moved on runs the attempt again."""

    def __init__(self, indexes: Indexes | None = None) -> None:
        self.collections: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.transactions = 0
        self._unique = [(name, index) for name, of in (indexes or {}).items() for index in of if index.unique]

    async def transact(self, attempt: Callable[[Store], Awaitable[R]]) -> R:
        for _ in range(100):
            store = MemoryStore(self)
            result = await attempt(store)
            try:
                self._commit(store.writes)
            except _Conflict:
                continue
            self.transactions += 1
            return result
        raise Unavailable()

    async def select(
        self, collection: str, where: Document, *, fields: Sequence[str] = (), order: Order = BY_ID, limit: int = 100
    ) -> list[Document]:
        found = [d for d in self.collections[collection].values() if matches(d, where)]
        return _sorted(found, order)[:limit]

    async def count(self, collection: str, where: Document) -> int:
        return sum(matches(d, where) for d in self.collections[collection].values())

    async def waiting(self, streams: Collection[str], limit: int) -> list[Envelope]:
        rows = await self.select(outbox.COLLECTION, {"stream": {"$in": list(streams)}}, limit=limit)
        return [outbox.envelope(row) for row in rows]

    async def oldest(self, limit: int, without: Collection[str] = ()) -> dict[str, int]:
        rows = await self.select(outbox.COLLECTION, {"stream": {"$nin": list(without)}}, limit=limit)
        return {row["stream"]: row["sequence"] for row in reversed(rows)}

    async def numbers(self, streams: Collection[str]) -> dict[str, int]:
        return {id: row["last"] for id, row in self.collections[outbox.COUNTERS].items() if id in streams}

    async def refuse(self, refusals: Sequence[outbox.Refusal]) -> None:
        for refusal in refusals:
            if row := self.collections[outbox.COLLECTION].get(outbox.row_ids([refusal.envelope])[0]):
                row.update(is_refused=True, refused=refusal.reason, tries=row.get("tries", 0) + 1)

    async def forget(self, published: Sequence[Envelope]) -> None:
        for id in outbox.row_ids(published):
            self.collections[outbox.COLLECTION].pop(id, None)

    def _commit(self, writes: Sequence[Write]) -> None:
        for write in writes:
            stored = self.collections[write.collection].get(write.id)
            if (stored["version"] if stored else 0) != write.expected:
                raise _Conflict
        before = {(w.collection, w.id): self.collections[w.collection].get(w.id) for w in writes}
        for write in writes:
            documents = self.collections[write.collection]
            if write.fields is None:
                documents.pop(write.id, None)
            else:
                documents[write.id] = {**write.fields, "_id": write.id, "version": write.version}
        if self._violated({write.collection for write in writes}):
            for (collection, id), document in before.items():
                self.collections[collection].pop(id, None)
                if document:
                    self.collections[collection][id] = document
            raise _Conflict

    def _violated(self, touched: Collection[str]) -> bool:
        for collection, index in self._unique:
            if collection in touched:
                rows = [d for d in self.collections[collection].values() if matches(d, index.where or {})]
                keys = [tuple(str(_get(d, name)) for name, _ in index.keys) for d in rows]
                if len(keys) != len(set(keys)):
                    return True
        return False


class MemoryStore:
    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database
        self.writes: list[Write] = []

    async def read(self, collection: str, ids: Collection[str]) -> dict[str, Document]:
        await asyncio.sleep(0)
        documents = self._database.collections[collection]
        return {id: documents[id] for id in ids if id in documents}

    async def find(
        self, collection: str, equal: Document, order: Order = (), limit: int | None = None
    ) -> list[Document]:
        await asyncio.sleep(0)
        found = [d for d in self._database.collections[collection].values() if matches(d, equal)]
        return _sorted(found, order or BY_ID)[:limit]

    async def write(self, writes: Sequence[Write]) -> None:
        self.writes += writes


class MemoryBroker:
    """A broker that can be away, and that does not take events of more than `most` bytes."""

    def __init__(self) -> None:
        self.log: list[Envelope] = []
        self.away = False
        self.most = 4 * 1024 * 1024

    async def send(self, envelopes: Sequence[Envelope]) -> Sequence[outbox.Refusal]:
        if self.away:
            raise Unavailable()
        refused: dict[str, outbox.Refusal] = {}
        for envelope in envelopes:
            if envelope.stream in refused:
                continue
            if len(envelope.data or b"") > self.most:
                refused[envelope.stream] = outbox.Refusal(envelope, "TooLarge")
            else:
                self.log.append(envelope)
        return list(refused.values())


_COMPARE = {"$lt": lt, "$lte": le, "$gt": gt, "$gte": ge}


def matches(document: Document, where: Document) -> bool:
    """The part of Mongo's query language that `Reads` promises."""
    return all(_fits(_get(document, name), plain(wanted)) for name, wanted in where.items())


def _fits(value: Any, wanted: Any) -> bool:
    if not (isinstance(wanted, dict) and wanted and all(name.startswith("$") for name in wanted)):
        return bool(value == wanted or (isinstance(value, list) and wanted in value))
    for operator, operand in wanted.items():
        if operator in _COMPARE:
            if value is None or not _COMPARE[operator](value, operand):
                return False
        elif operator == "$ne":
            if _fits(value, operand):
                return False
        elif operator == "$in":
            if not any(_fits(value, one) for one in operand):
                return False
        elif operator == "$nin":
            if any(_fits(value, one) for one in operand):
                return False
        elif operator == "$exists":
            if (value is not None) != operand:
                return False
        else:
            raise ValueError(f"Reads does not promise {operator}")
    return True


def _get(document: Any, name: str) -> Any:
    for part in name.split("."):
        document = document.get(part) if isinstance(document, dict) else None
    return document


def _sorted(found: list[dict[str, Any]], order: Order) -> list[Document]:
    rows: list[Document] = list(found)
    for name, direction in reversed(order):
        rows.sort(key=lambda d: _sort_key(_get(d, name)), reverse=direction < 0)
    return rows


def _sort_key(value: Any) -> tuple[bool, Any]:
    """Missing values come first, as Mongo has it."""
    if isinstance(value, datetime):
        return True, value.timestamp()
    return value is not None, value if value is not None else 0
