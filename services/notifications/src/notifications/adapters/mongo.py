"""The read side and the indexes of this service's database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from common.problem import NotFound
from common.store import Index, Reads
from notifications.application.queries import Counts, DeliveryRow, FanoutRow, NoticeFilter, NoticeRow, Page
from notifications.domain.delivery import delivery_id, reference
from notifications.domain.words import Actor, Channel

INDEXES: Mapping[str, Sequence[Index]] = {
    "people": [],
    "courses": [],
    "campuses": [],
    "offerings": [],
    "timetables": [],
    "certificates": [],
    "calendar_items": [],
    "enrolments": [Index("by_offering", [("offering_id", 1), ("state", 1), ("_id", 1)])],
    "fanouts": [Index("unfinished", [("done", 1)], where={"done": False})],
    "notices": [
        Index("by_person", [("person_id", 1), ("_id", 1)]),
        Index("by_offering", [("offering_id", 1), ("_id", 1)]),
        Index("by_campus", [("campuses", 1), ("_id", 1)]),
        Index("by_state", [("state", 1)]),
    ],
    "deliveries": [
        Index(
            "one_sending",
            [("person_id", 1), ("thread", 1), ("channel", 1)],
            unique=True,
            where={"state": "sending"},
        ),
        Index("open", [("open", 1), ("next_at", 1), ("created_at", 1)], where={"open": True}),
    ],
}
MOST_COUNTED = 100_000


class MongoQueries:
    """Works on whatever answers `Reads`; the actor's scope is part of every query (C1)."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    async def list_notices(
        self, actor: Actor, wanted: NoticeFilter, *, limit: int, after: str | None
    ) -> Page[NoticeRow]:
        asked = {
            "person_id": wanted.person_id,
            "offering_id": wanted.offering_id,
            "purpose": wanted.purpose,
            "state": wanted.state,
        }
        where: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
        if after:
            where["_id"] = {"$gt": after}
        found = await self._visible(actor, where, limit + 1)
        rows = await self._rows(found[:limit])
        return Page(rows, next=str(rows[-1].id) if len(found) > limit else None)

    async def get_notice(self, actor: Actor, notice_id: UUID) -> NoticeRow:
        """Raises NotFound, also for what the actor may not know of."""
        rows = await self._rows(await self._visible(actor, {"_id": str(notice_id)}, 1))
        if not rows:
            raise NotFound(id=str(notice_id))
        return rows[0]

    async def count_notices(self, actor: Actor, offering_id: UUID) -> Sequence[Counts]:
        counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        where = {"offering_id": offering_id}
        for row in await self._visible(actor, where, MOST_COUNTED, ["purpose", "state"]):
            counts[row["purpose"]][row["state"]] += 1
        return [Counts(purpose, dict(states)) for purpose, states in sorted(counts.items())]

    async def unfinished_fanouts(self) -> Sequence[FanoutRow]:
        found = await self._reads.select("fanouts", {"done": False}, limit=20)
        return [
            FanoutRow(
                id=row["_id"],
                offering_id=UUID(row["offering_id"]),
                states=row["states"],
                after=row["after"],
                origin=row["origin"],
                traceparent=row["traceparent"],
                correlation_id=UUID(row["correlation_id"]),
            )
            for row in found
        ]

    async def enrolments_of(
        self, offering_id: UUID, states: Sequence[str], *, after: str, limit: int
    ) -> Sequence[UUID]:
        where = {"offering_id": offering_id, "state": {"$in": list(states)}, "_id": {"$gt": after}}
        return [UUID(row["_id"]) for row in await self._reads.select("enrolments", where, fields=["_id"], limit=limit)]

    async def counts_by_state(self, states: Sequence[str]) -> dict[str, int]:
        return {state: await self._reads.count("notices", {"state": state}) for state in states}

    async def waiting_since_before(self, instant: datetime) -> int:
        return await self._reads.count(
            "deliveries", {"open": True, "state": "waiting", "waiting_since": {"$lt": instant}}
        )

    async def oldest_due(self) -> datetime | None:
        where = {"open": True, "state": {"$in": ["due", "sending"]}}
        found = await self._reads.select("deliveries", where, fields=["created_at"], order=[("created_at", 1)], limit=1)
        return found[0]["created_at"] if found else None

    async def _visible(
        self, actor: Actor, where: Mapping[str, Any], limit: int, fields: Sequence[str] = ()
    ) -> list[Mapping[str, Any]]:
        """Own notices, and those of the campuses one administers (P-03); the database knows no `or` here, so two
        reads are merged."""
        if actor.sees_everything:
            return await self._reads.select("notices", where, fields=fields, limit=limit)
        scopes: list[Mapping[str, Any]] = []
        if actor.person_id is not None and where.get("person_id") in (None, actor.person_id):
            scopes.append({"person_id": actor.person_id})
        if actor.administers:
            scopes.append({"campuses": {"$in": sorted(actor.administers)}})
        found: dict[str, Mapping[str, Any]] = {}
        for scope in scopes:
            rows = await self._reads.select("notices", {**where, **scope}, fields=fields, limit=limit)
            found |= {row["_id"]: row for row in rows}
        return [found[id] for id in sorted(found)][:limit]

    async def _rows(self, notices: Sequence[Mapping[str, Any]]) -> list[NoticeRow]:
        if not notices:
            return []
        ids = [delivery_id(notice["_id"], channel) for notice in notices for channel in get_args(Channel)]
        found = await self._reads.select("deliveries", {"_id": {"$in": ids}}, limit=len(ids))
        deliveries: dict[str, list[DeliveryRow]] = defaultdict(list)
        for row in found:
            deliveries[row["notice_id"]].append(_delivery(row))
        return [_notice(notice, deliveries[notice["_id"]]) for notice in notices]


def _notice(row: Mapping[str, Any], deliveries: list[DeliveryRow]) -> NoticeRow:
    return NoticeRow(
        id=UUID(row["_id"]),
        person_id=UUID(row["person_id"]),
        purpose=row["purpose"],
        subject=UUID(row["subject"]),
        revision=row["revision"],
        offering_id=UUID(row["offering_id"]) if row["offering_id"] else None,
        state=row["state"],
        reason=row["reason"],
        created_at=row["created_at"],
        not_after=row["not_after"],
        trace_id=row["traceparent"].split("-")[1] if row["traceparent"] else None,
        deliveries=deliveries,
    )


def _delivery(row: Mapping[str, Any]) -> DeliveryRow:
    return DeliveryRow(
        channel=row["channel"],
        reference=reference(UUID(row["notice_id"]), row["channel"]),
        state=row["state"],
        attempts=row["attempts"],
        provider_reference=row["provider_reference"],
        reason=row["reason"],
        sent_at=row["sent_at"],
        lost_answers=row["lost_answers"],
    )
