"""What the timers look for, as queries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from common.codec import decode
from common.store import Reads
from enrolment.domain.jobs import Job
from enrolment.domain.offering import UNDER_WAY, FollowUp

MOST = 500  # in one tick


class DueQueries:
    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    async def offers_past_deadline(self, now: datetime) -> Sequence[UUID]:
        return await self._ids("enrolments", {"state": "offered", "offer.deadline": {"$lt": now}})

    async def questions_past_deadline(self, now: datetime) -> Sequence[UUID]:
        return await self._ids("enrolments", {"state": "reconfirm_pending", "reconfirmation.deadline": {"$lt": now}})

    async def windows_to_close(self, now: datetime) -> Sequence[UUID]:
        return await self._ids("offerings", {"state": "open", "window_closes": {"$lt": now}})

    async def offerings_to_start(self, now: datetime) -> Sequence[UUID]:
        return await self._ids("offerings", {"state": {"$in": ["open", "closed"]}, "starts": {"$lte": now}})

    async def shares_to_release(self, now: datetime) -> Sequence[UUID]:
        where = {"state": {"$in": sorted(UNDER_WAY)}, "released": False, "release_at": {"$lte": now}}
        return await self._ids("offerings", where)

    async def follow_ups(self, now: datetime) -> Sequence[UUID]:
        return await self._ids("offerings", {"follow_ups": {"$in": list(get_args(FollowUp))}})

    async def erasures_to_settle(self, now: datetime) -> Sequence[UUID]:
        return await self._ids("erasures", {"open": True, "look_at": {"$lte": now}})

    async def chunks_to_advance(self, now: datetime) -> Sequence[UUID]:
        """A job once for each of its chunks that is left."""
        jobs = [decode(Job, row) for row in await self._reads.select("jobs", {"open": True}, limit=MOST)]
        return [job.id for job in jobs for _ in range(job.next_chunk, job.chunks)]

    async def _ids(self, collection: str, where: Mapping[str, Any]) -> list[UUID]:
        return [UUID(row["_id"]) for row in await self._reads.select(collection, where, fields=["_id"], limit=MOST)]
