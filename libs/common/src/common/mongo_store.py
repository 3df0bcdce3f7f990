"""What one attempt of a transaction reads and writes in MongoDB."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Awaitable, Collection, Sequence
from typing import Any, TypeVar

from motor.motor_asyncio import AsyncIOMotorClientSession, AsyncIOMotorDatabase
from pymongo import DeleteOne, InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError, ClientBulkWriteException, PyMongoError
from pymongo.results import BulkWriteResult, ClientBulkWriteResult

from common.store import Document, Order, Write

R = TypeVar("R")

MANY, AT_ONCE = 16, 32


class Conflict(Exception):
    """Somebody else was first: run again, and this time read what was in the way."""


class MongoStore:
    def __init__(self, database: AsyncIOMotorDatabase[Any], session: AsyncIOMotorClientSession) -> None:
        self._database, self._session = database, session
        self._begun = False
        self._seen: dict[tuple[str, str], int] = {}

    async def read(self, collection: str, ids: Collection[str]) -> dict[str, Document]:
        """Some at a time: what a server compares each document with is the whole list, and more need a getMore."""
        wanted, found = list(ids), dict[str, Document]()
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            where = {"_id": {"$in": some} if len(some) > 1 else some[0]}
            found |= {document["_id"]: document for document in await self.find(collection, where)}
        return found

    async def find(
        self, collection: str, equal: Document, order: Order = (), limit: int | None = None
    ) -> list[Document]:
        self._begun = True
        cursor = self._database[collection].find(equal, session=self._session, sort=[*order] or None, limit=limit or 0)
        found: list[Document] = await to_its_end(cursor.to_list(None))
        self._seen.update(((collection, document["_id"]), document.get("version", 0)) for document in found)
        return found

    async def write(self, writes: Sequence[Write]) -> None:
        """One command for all collections (MongoDB 8's bulkWrite): a round trip costs more than a write. Only a
        collection that gets many has a command of its own, which costs the server less per document.

        A missed version or a unique index reads as a conflict.
        """
        ordered = sorted(writes, key=lambda write: (write.collection, write.id))
        if not self._begun:  # the first command carries the read concern, which not every server takes on a bulkWrite
            await self.read(ordered[0].collection, [ordered[0].id])
        sizes = Counter(write.collection for write in ordered)
        apart: dict[str, list[_Operation]] = defaultdict(list)
        together: list[_Operation] = []
        for write in ordered:
            if sizes[write.collection] >= MANY:
                apart[write.collection].append(_operation(write, self._guard(write)))
            else:
                together.append(_operation(write, self._guard(write), f"{self._database.name}."))
        try:
            for collection, operations in apart.items():
                rows = self._database[collection]
                _all(await to_its_end(rows.bulk_write(operations, False, session=self._session)), operations)
            if together:
                client: Any = self._database.client  # whose type takes no models with a namespace
                _all(await to_its_end(client.bulk_write(together, session=self._session)), together)
        except BulkWriteError as error:
            raise Conflict from error
        except ClientBulkWriteException as error:
            if isinstance(error.error, PyMongoError):
                raise error.error from None
            raise Conflict from error

    def _guard(self, write: Write) -> Document:
        """What this attempt read itself is guarded by its snapshot: what somebody else has written since cannot be
        written. All else is guarded by the version that the writer knows. An id alone is cheaper to find."""
        if self._seen.get((write.collection, write.id)) == write.expected:
            return {"_id": write.id}
        return {"_id": write.id, "version": write.expected}


def _all(done: BulkWriteResult | ClientBulkWriteResult, operations: Sequence["_Operation"]) -> None:
    if done.matched_count + done.inserted_count + done.deleted_count < len(operations):
        raise Conflict


async def to_its_end(statement: Awaitable[R]) -> R:
    """Whoever is cancelled waits for the statement: a thread of the driver goes on with it anyway, and an abort sent
    meanwhile may overtake it or get lost."""
    under_way = asyncio.ensure_future(statement)
    try:
        return await asyncio.shield(under_way)
    except asyncio.CancelledError:
        while not under_way.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([under_way])
        if not under_way.cancelled():
            under_way.exception()  # asked for, or asyncio reports it as lost
        raise


_Operation = InsertOne[Any] | ReplaceOne[Any] | DeleteOne


def _operation(write: Write, where: Document, prefix: str | None = None) -> _Operation:
    """With `prefix` for a command of several collections, whose names it precedes."""
    namespace = None if prefix is None else prefix + write.collection
    if write.fields is None:
        return DeleteOne(where, namespace=namespace)
    document = {**write.fields, "_id": write.id, "version": write.version}
    if write.expected == 0:
        return InsertOne(document, namespace=namespace)
    return ReplaceOne(where, document, namespace=namespace)
