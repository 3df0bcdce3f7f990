"""Plumbing rows as this process last wrote them, so that a small transaction need not read them again.

Whoever reads one of these rows and goes on also writes it, guarded by its version: what somebody else moved meanwhile
shows at the commit, as a conflict. A decision that writes nothing rests on no remembered row.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping

from common.store import Document, Order, Store, Write

COLLECTIONS = frozenset({"sequences", "inbox", "positions"})
MOST = 10_000
FEW = 16


class Remembered:
    def __init__(self) -> None:
        self._rows: OrderedDict[tuple[str, str], Document] = OrderedDict()

    def over(self, store: Store) -> "Remembering":
        return Remembering(store, self._rows)

    def keep(self, committed: Iterable[Write]) -> None:
        for write in committed:
            if write.collection not in COLLECTIONS:
                continue
            self._rows.pop((write.collection, write.id), None)
            if write.fields is not None:
                document = {**write.fields, "_id": write.id, "version": write.version}
                self._rows[write.collection, write.id] = document
        while len(self._rows) > MOST:
            self._rows.popitem(last=False)

    def forget(self) -> None:
        """Nobody knows any more what is there."""
        self._rows.clear()


class Remembering:
    """A store that asks the database only for what is not remembered; `trusted`: something was.

    Many rows are read all the same: a few round trips, and what was read needs no guard by version (`mongo_store`),
    which costs a server more than the reading.
    """

    def __init__(self, store: Store, rows: Mapping[tuple[str, str], Document]) -> None:
        self._store, self._rows = store, rows
        self.trusted = False

    async def read(self, collection: str, ids: Collection[str]) -> dict[str, Document]:
        if collection not in COLLECTIONS or len(ids) > FEW:
            return await self._store.read(collection, ids)
        known = {id: row for id in ids if (row := self._rows.get((collection, id))) is not None}
        self.trusted = self.trusted or bool(known)
        unknown = [id for id in ids if id not in known]
        return {**known, **(await self._store.read(collection, unknown) if unknown else {})}

    async def find(
        self, collection: str, equal: Document, order: Order = (), limit: int | None = None
    ) -> list[Document]:
        return await self._store.find(collection, equal, order, limit)

    async def write(self, writes: Collection[Write]) -> None:
        await self._store.write([*writes])
