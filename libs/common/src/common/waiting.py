"""Undecided work that waits for a reference which another topic brings: how much there is, and how much too long.

Topics are not ordered among one another, so waiting for seconds is normal. What waits is decided when the reference
comes, and by a timer in case the two missed each other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from common import telemetry
from common.store import Document, Reads

log = structlog.get_logger()

LOOK_AGAIN = timedelta(seconds=10)
TOO_LONG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`where` finds the documents of `collection` in which something waits; `since` is the field that says from when,
    by `clock`."""

    collection: str
    where: Document
    since: str
    clock: Callable[[], datetime]


async def count(places: Sequence[Waiting], reads: Reads) -> None:
    """For alarms. Names the first few ids of what has waited too long. Raises Unavailable."""
    for place in places:
        overdue = {**place.where, place.since: {"$lt": place.clock() - TOO_LONG}}
        too_long = await reads.count(place.collection, overdue)
        telemetry.WAITING.labels(what=place.collection).set(await reads.count(place.collection, place.where))
        telemetry.WAITING_TOO_LONG.labels(what=place.collection).set(too_long)
        if too_long:
            rows = await reads.select(place.collection, overdue, fields=["_id"], limit=5)
            ids = [row["_id"] for row in rows]
            log.error("waiting.too_long", what=place.collection, count=too_long, first=ids)
