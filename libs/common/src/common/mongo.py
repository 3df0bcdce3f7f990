"""One database, its transactions, its outbox, its reads. Nobody but this and `mongo_store` imports the Mongo driver."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, TypeVar, cast

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorDatabase
from pymongo.errors import ConnectionFailure, InvalidOperation, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from common import mongo_indexes, outbox, sessions, telemetry
from common.codec import plain
from common.envelope import Envelope
from common.mongo_store import AT_ONCE, Conflict, MongoStore, to_its_end
from common.problem import Unavailable
from common.sessions import Sessions
from common.store import BY_ID, Document, Indexes, Order, Store

R = TypeVar("R")

SOON_S = 1.0

_INTERRUPTED = 11601  # somebody ended its session
_PASSING = frozenset({112, 251, _INTERRUPTED})  # WriteConflict, NoSuchTransaction
_SNAPSHOT, _MAJORITY = ReadConcern("snapshot"), WriteConcern("majority")


class MongoDatabase:
    """`budget_s` is the time that all attempts of one transaction may take together, `silent_s` how long a process says
    nothing before whoever it blocks ends what it left open; both in seconds."""

    def __init__(self, url: str, name: str, budget_s: float = 5.0, silent_s: float = sessions.SILENT_S) -> None:
        self._budget_s = budget_s
        self._database, self._transactions = (_connected(url, name, budget_s) for _ in range(2))
        self._sessions = Sessions(self._database, silent_s=silent_s)

    async def transact(self, attempt: Callable[[Store], Awaitable[R]]) -> R:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._budget_s
        tries = 0
        while True:
            try:
                result = await self._once(attempt, deadline)
                telemetry.TRANSACTIONS.labels(result="committed").inc()
                return result
            except Conflict:
                blocked = True
                telemetry.TRANSACTIONS.labels(result="conflict").inc()
            except PyMongoError as error:
                if not _passing(error):
                    raise
                blocked = not isinstance(error, ConnectionFailure)
                telemetry.TRANSACTIONS.labels(result="transient").inc()
            tries += 1
            if loop.time() >= deadline:
                if blocked:
                    with contextlib.suppress(PyMongoError):
                        await self._sessions.blocked()
                raise Unavailable()
            await asyncio.sleep(random.uniform(0, min(0.002 * 2**tries, 0.25)))  # noqa: S311  jitter

    async def _once(self, attempt: Callable[[Store], Awaitable[R]], deadline: float) -> R:
        async with await self._transactions.client.start_session() as session, self._sessions.use(_id(session)):
            session.start_transaction(read_concern=_SNAPSHOT, write_concern=_MAJORITY)
            try:
                result = await attempt(MongoStore(self._transactions, session))
            except BaseException as error:
                await self._undo(session, error)
                raise
            await self._commit(session, deadline)
            return result

    async def _undo(self, session: AsyncIOMotorClientSession, error: BaseException) -> None:
        """The session is given up where something may stand open still, also since this was cancelled."""
        sure = False
        try:
            sure = await _undone(session) and not isinstance(error, ConnectionFailure)
        finally:
            if not sure:
                self._sessions.give_up(_id(session), used_again=not _is_dirty(session))

    async def _commit(self, session: AsyncIOMotorClientSession, deadline: float) -> None:
        """A commit may be asked for again until its outcome is known; after that nobody knows: Unavailable."""
        try:
            while True:
                try:
                    return await to_its_end(session.commit_transaction())
                except PyMongoError as error:
                    if not _may_be_committed(error):
                        raise
                    if asyncio.get_running_loop().time() >= deadline:
                        raise Unavailable() from error
                    await asyncio.sleep(0.05)
        except (Unavailable, asyncio.CancelledError):
            self._sessions.give_up(_id(session), used_again=not _is_dirty(session))
            raise

    async def select(
        self, collection: str, where: Document, *, fields: Sequence[str] = (), order: Order = BY_ID, limit: int = 100
    ) -> list[Document]:
        cursor = self._database[collection].find(plain(where), [*fields] or None, sort=[*order], limit=limit)
        found: list[Document] = await self._ask(cursor.to_list(None))
        return found

    async def count(self, collection: str, where: Document) -> int:
        return int(await self._ask(self._database[collection].count_documents(plain(where))))

    async def waiting(self, streams: Collection[str], limit: int) -> list[Envelope]:
        """Read in a transaction: a plain index scan can see number 6 and miss 5 when both commit meanwhile."""

        first, last = outbox.span_of(streams)
        where = {"_id": {"$gt": first, "$lt": last}, "stream": {"$in": sorted(streams)}}

        async def read(store: Store) -> list[Document]:
            return await store.find(outbox.COLLECTION, where, BY_ID, limit)

        return [outbox.envelope(row) for row in await self.transact(read)]

    async def oldest(self, limit: int, without: Collection[str] = ()) -> dict[str, int]:
        where = {"stream": {"$nin": sorted(without)}} if without else {}
        rows = await self.select(outbox.COLLECTION, where, fields=["stream", "sequence"], limit=limit)
        return {row["stream"]: row["sequence"] for row in reversed(rows)}

    async def numbers(self, streams: Collection[str]) -> dict[str, int]:
        rows = await self.select(outbox.COUNTERS, {"_id": {"$in": sorted(streams)}}, limit=len(streams))
        return {row["_id"]: row["last"] for row in rows}

    async def refuse(self, refusals: Sequence[outbox.Refusal]) -> None:
        rows = self._database[outbox.COLLECTION]
        for refusal in refusals:
            said = {"$set": {"is_refused": True, "refused": refusal.reason}, "$inc": {"tries": 1}}
            await self._ask(rows.update_one({"_id": outbox.row_ids([refusal.envelope])[0]}, said))

    async def forget(self, published: Sequence[Envelope]) -> None:
        rows, ids = self._database[outbox.COLLECTION], outbox.row_ids(published)
        for start in range(0, len(ids), AT_ONCE):
            await self._ask(rows.delete_many({"_id": {"$in": ids[start : start + AT_ONCE]}}))

    async def set_up(self, indexes: Indexes) -> None:
        """The service's collections and indexes, and the plumbing's; running it again changes nothing."""
        await self._ask(mongo_indexes.set_up(self._database, indexes))

    async def ping(self) -> None:
        """Raises Unavailable. Who answers has ended what its predecessor left open."""
        await self._ask(self._sessions.take_over())
        await self._ask(self._database.command("ping"))

    def close(self) -> None:
        for database in (self._database, self._transactions):
            database.client.close()

    async def _ask(self, question: Awaitable[Any]) -> Any:
        try:
            return await question
        except PyMongoError as error:
            raise Unavailable() if _passing(error) else error from error


def _connected(url: str, name: str, budget_s: float) -> AsyncIOMotorDatabase[Any]:
    """By a client of its own for transactions, and one for all else: who ends a session ends what is under way in it,
    and a client lends the sessions of its transactions to its ordinary reads."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(
        url,
        tz_aware=True,
        appname=name,
        serverSelectionTimeoutMS=2_000,
        connectTimeoutMS=2_000,
        socketTimeoutMS=int(budget_s * 2_000),
    )
    return client[name]


async def _undone(session: AsyncIOMotorClientSession) -> bool:
    """Whether that is sure. The driver says nothing of an undoing that did not arrive, and what the transaction wrote
    would stay locked: but a broken connection marks its session, and a server that is away takes its time."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with contextlib.suppress(PyMongoError, InvalidOperation):  # it is over already, or ends with the session
        await to_its_end(session.abort_transaction())
    return not _is_dirty(session) and loop.time() - began < SOON_S


def _is_dirty(session: AsyncIOMotorClientSession) -> bool:
    """A broken connection marked it, so that the driver uses it no more."""
    return bool(session.delegate._server_session.dirty)


def _id(session: AsyncIOMotorClientSession) -> Document:
    """Motor's type says that this is a method, and it is a property."""
    return cast(Document, session.session_id)


def _passing(error: PyMongoError) -> bool:
    """Worth another attempt: a conflict, or a server that is away."""
    if error.has_error_label("TransientTransactionError") or isinstance(error, ConnectionFailure):
        return True
    return isinstance(error, OperationFailure) and error.code in _PASSING


def _may_be_committed(error: PyMongoError) -> bool:
    unknown = error.has_error_label("UnknownTransactionCommitResult")
    return unknown or (isinstance(error, OperationFailure) and error.code == _INTERRUPTED)
