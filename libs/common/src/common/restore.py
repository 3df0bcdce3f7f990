"""After a restore from a backup: the topics remember more than the database.

Numbers given since the backup were published and must not be given again, or consumers would take new facts for
repetitions. What was erased since stays erased on the topics, whatever the database holds again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from common import outbox
from common.history import History, readable
from common.store import Database, Store, Write

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Published:
    """By topic/key: the highest number, and whether a tombstone is among what was told."""

    last: Mapping[str, int] = field(default_factory=dict)
    erased: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lifted:
    """How many counters were behind, and which keys were erased after the backup."""

    counters: int
    erased: tuple[str, ...]

    def said(self, told: int) -> str:
        """For who restored it; `told` are the states that were told again."""
        lines = [f"{self.counters} counters lifted, {told} states told again"]
        return "\n".join([*lines, *(f"erased since the backup, erase again: {stream}" for stream in self.erased)])


async def highest(history: History, topics: Sequence[str]) -> Published:
    """Reads all that these topics hold."""
    last: dict[str, int] = {}
    erased: set[str] = set()
    for span in await history.spans(topics):
        async for records in history.read(span):
            for envelope in filter(None, map(readable, records)):
                last[envelope.stream] = max(last.get(envelope.stream, 0), envelope.sequence)
                if envelope.is_tombstone:
                    erased.add(envelope.stream)
    return Published(last, frozenset(erased))


async def lift_counters(published: Published, database: Database) -> Lifted:
    """Running it again changes nothing."""
    streams, counters, erased = sorted(published.last), 0, list[str]()
    for start in range(0, len(streams), CHUNK):
        lifted = await database.transact(partial(_lift, published, streams[start : start + CHUNK]))
        counters += lifted.counters
        erased += lifted.erased
    return Lifted(counters, tuple(erased))


async def _lift(published: Published, streams: Sequence[str], store: Store) -> Lifted:
    known = await store.read(outbox.COUNTERS, streams)
    writes, erased = [], []
    for stream in streams:
        row = known.get(stream, {"last": 0, "version": 0})
        gone = stream in published.erased
        fresh = gone and not row.get("erased", False)
        if row["last"] < published.last[stream] or fresh:
            last = max(row["last"], published.last[stream])
            fields = {**row, "last": last, "erased": gone or row.get("erased", False)}
            writes.append(Write(outbox.COUNTERS, stream, row["version"], row["version"] + 1, fields))
        if fresh:
            erased.append(stream)
    if writes:
        await store.write(writes)
    return Lifted(len(writes), tuple(erased))
