"""Everyone who waits sees their own rank (E-12): counted from the queue as it is now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.codec import decode
from common.store import Reads
from enrolment.application.queries import EnrolmentRow
from enrolment.domain.offering import Offering
from enrolment.domain.shares import QUEUE_ORDER

MOST = 20_000


async def with_ranks(reads: Reads, rows: Sequence[EnrolmentRow], now: datetime) -> list[EnrolmentRow]:
    """1 is next; among the person's share until the release time, then among all."""
    ranks: dict[UUID, int] = {}
    for offering_id in {row.offering_id for row in rows if row.state == "waitlisted"}:
        ranks |= await _ranks(reads, offering_id, now)
    return [replace(row, rank=ranks.get(row.id)) if row.state == "waitlisted" else row for row in rows]


async def _ranks(reads: Reads, offering_id: UUID, now: datetime) -> dict[UUID, int]:
    [document] = await reads.select("offerings", {"_id": str(offering_id)}, limit=1)
    offering: Offering = decode(Offering, document)
    queue = await reads.select(
        "enrolments",
        {"offering_id": str(offering_id), "state": "waitlisted"},
        fields=["share"],
        order=QUEUE_ORDER,
        limit=MOST,
    )
    ahead: dict[str, int] = {}
    ranks = {}
    for waiting in queue:
        pool = "" if offering.merged(now) else waiting["share"]
        ahead[pool] = ahead.get(pool, 0) + 1
        ranks[UUID(waiting["_id"])] = ahead[pool]
    return ranks
