"""Numbers that are missing in a key and hold its partition: noted when met, given up only by somebody who names them.

A row stays after that, so that it can still be said what was lost.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from common import inbox
from common.envelope import Record
from common.inbox import Gap
from common.problem import Conflict
from common.repository import Repository
from common.store import Document, Reads
from common.transaction import Transaction

GAPS = "gaps"


class NoSuchGap(Conflict):
    """These are not the numbers that are missing in this key."""


class ParkedBefore(Conflict):
    """Events of this key are parked before the gap: replay or drop them first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """`first` to `last` of a stream did not come before the record at topic/partition/offset `before`."""

    id: str
    version: int = 0
    stream: str
    first: int
    last: int
    before: str
    found_at: datetime
    accepted: bool = False
    accepted_at: datetime | None = None


def gaps(tx: Transaction) -> Repository[Missing]:
    return tx.repository(Missing, GAPS)


async def note(gap: Gap, record: Record, tx: Transaction) -> None:
    """Once, however often its partition is tried again."""
    stream, first = f"{gap.members['topic']}/{gap.members['key']}", gap.members["expected"]
    if await gaps(tx).find(_id(stream, first)) is None:
        before = f"{record.topic}/{record.partition}/{record.offset}"
        last = gap.members["came"] - 1
        gaps(tx).save(
            Missing(id=_id(stream, first), stream=stream, first=first, last=last, before=before, found_at=tx.now)
        )


@dataclass(frozen=True, slots=True)
class AcceptGap:
    """Give `first` to `last` up: they have no effect here, ever, and what follows them is applied."""

    stream: str
    first: int
    last: int

    async def __call__(self, tx: Transaction) -> None:
        """Raises NoSuchGap, ParkedBefore."""
        row = await inbox.rows(tx).find(self.stream) or inbox.Taken(id=self.stream)
        gap = await gaps(tx).find(_id(self.stream, self.first))
        if gap is None or (row.taken + 1, gap.last) != (self.first, self.last):
            raise NoSuchGap(stream=self.stream, first=self.first, last=self.last)
        if row.parked:
            raise ParkedBefore(stream=self.stream)
        inbox.rows(tx).save(replace(row, taken=self.last, applied=self.last))
        gaps(tx).save(replace(gap, accepted=True, accepted_at=tx.now))


async def missing(reads: Reads) -> list[Document]:
    """The gaps that still hold: a row whose numbers came after all is past."""
    rows = await reads.select(GAPS, {"accepted": False}, limit=1_000)
    found = await reads.select(inbox.COLLECTION, {"_id": {"$in": [row["stream"] for row in rows]}}, limit=1_000)
    taken = {row["_id"]: row["taken"] for row in found}
    return [row for row in rows if taken.get(row["stream"], 0) + 1 == row["first"]]


async def given_up(reads: Reads) -> list[Document]:
    return await reads.select(GAPS, {"accepted": True}, limit=1_000)


def _id(stream: str, first: int) -> str:
    return f"{stream}/{first:020d}"
