"""The read side and the indexes of scheduling's database. Each read is for an actor, who sees what P-03 lets them."""

from collections.abc import Collection
from typing import Any, TypeVar
from uuid import UUID

from common.codec import decode
from common.problem import NotFound
from common.store import Index, Indexes, Reads
from scheduling.application.queries import AttendanceRow, FacilitatorRow, Page, RosterRow, TimetableView
from scheduling.domain.attendance import Attendance
from scheduling.domain.campus import Campus
from scheduling.domain.copies import Person
from scheduling.domain.errors import NotAllowed
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.room import Room
from scheduling.domain.roster import RosterEntry
from scheduling.domain.session import Session
from scheduling.domain.timetable import Timetable
from scheduling.domain.words import Actor

INDEXES: Indexes = {
    "rooms": [Index("one_label", [("campus", 1), ("label", 1)], unique=True)],
    "facilitators": [
        Index("listing", [("campus", 1), ("_id", 1)]),
        Index("able", [("courses", 1)]),
        Index("waiting", [("waiting_for", 1)]),
    ],
    "sessions": [Index("of_offering", [("offering_id", 1)])],
    "timetables": [Index("waiting", [("waiting_for", 1)])],
    "roster": [Index("of_offering", [("offering_id", 1), ("_id", 1)])],
}
MOST_SESSIONS = 500

Stored = TypeVar("Stored")


class MongoQueries:
    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    async def list_campuses(self, *, limit: int, after: str | None) -> Page[Campus]:
        return await self._page(Campus, "campuses", {}, limit, after)

    async def get_campus(self, id: str) -> Campus:
        return await self._get(Campus, "campuses", id)

    async def list_rooms(self, actor: Actor, *, campus: str | None, limit: int, after: str | None) -> Page[Room]:
        return await self._page(Room, "rooms", _of_campus(actor, campus), limit, after)

    async def list_facilitators(
        self, actor: Actor, *, campus: str | None, course: UUID | None, limit: int, after: str | None
    ) -> Page[FacilitatorRow]:
        where = _of_campus(actor, campus) | ({"courses": str(course)} if course else {})
        page = await self._page(Facilitator, "facilitators", where, limit, after)
        names = await self._names([facilitator.id for facilitator in page.items])
        return Page([FacilitatorRow(f, names.get(f.id, {})) for f in page.items], page.next)

    async def get_timetable(self, actor: Actor, offering_id: UUID) -> TimetableView:
        timetable = await self._get(Timetable, "timetables", str(offering_id))
        found = await self._reads.select("sessions", {"offering_id": str(offering_id)}, limit=MOST_SESSIONS)
        sessions: list[Session] = [decode(Session, row) for row in found]
        if not (actor.sees(timetable.campus) or actor.operates):
            sessions = [session for session in sessions if session.state != "draft"]
            led = any(session.led_by(actor) for session in sessions)
            if not (led or await self._comes(actor, offering_id)):
                raise NotFound(id=str(offering_id))
        return TimetableView(timetable, sorted(sessions, key=lambda session: (session.when.start, session.part)))

    async def get_session(self, actor: Actor, session_id: UUID) -> Session:
        session = await self._get(Session, "sessions", str(session_id))
        if actor.sees(session.campus) or actor.operates:
            return session
        told = session.state != "draft"
        if told and (session.led_by(actor) or await self._comes(actor, session.offering_id)):
            return session
        raise NotFound(id=str(session_id))

    async def list_roster(self, actor: Actor, session_id: UUID, *, limit: int, after: str | None) -> Page[RosterRow]:
        session = await self.get_session(actor, session_id)
        named = actor.plans(session.campus) or session.led_by(actor)
        if not (named or actor.operates):
            raise NotAllowed()
        where = {"offering_id": str(session.offering_id), "comes": True}
        page = await self._page(RosterEntry, "roster", where, limit, after)
        names = await self._names([entry.person_id for entry in page.items] if named else [])
        return Page([RosterRow(entry, names.get(entry.person_id, {})) for entry in page.items], page.next)

    async def get_attendance(self, actor: Actor, session_id: UUID) -> AttendanceRow:
        session = await self.get_session(actor, session_id)
        found = await self._reads.select("attendance", {"_id": str(session_id)}, limit=1)
        attendance: Attendance | None = decode(Attendance, found[0]) if found else None
        marks = attendance.marks if attendance else ()
        if not (actor.plans(session.campus) or session.led_by(actor) or actor.operates):
            marks = tuple(mark for mark in marks if mark.person_id == actor.person_id)
        return AttendanceRow(session.id, attendance.revision if attendance else 0, marks)

    async def _comes(self, actor: Actor, offering_id: UUID) -> bool:
        mine = {"offering_id": str(offering_id), "person_id": str(actor.person_id), "comes": True}
        return await self._reads.count("roster", mine) > 0

    async def _names(self, people: Collection[UUID]) -> dict[UUID, dict[str, str]]:
        ids = [str(person) for person in people]
        found = await self._reads.select("people", {"_id": {"$in": ids}}, limit=len(ids)) if ids else []
        known: list[Person] = [decode(Person, row) for row in found]
        return {person.id: person.names for person in known}

    async def _get(self, kind: type[Stored], collection: str, id: str) -> Stored:
        found = await self._reads.select(collection, {"_id": id}, limit=1)
        if not found:
            raise NotFound(id=id)
        stored: Stored = decode(kind, found[0])
        return stored

    async def _page(
        self, kind: type[Any], collection: str, where: dict[str, Any], limit: int, after: str | None
    ) -> Page[Any]:
        beyond = where | ({"_id": {"$gt": after}} if after else {})
        found = await self._reads.select(collection, beyond, limit=limit + 1)
        items = [decode(kind, row) for row in found[:limit]]
        return Page(items, next=str(items[-1].id) if len(found) > limit else None)


class MongoDue:
    """What the timers ask."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    async def campuses(self) -> list[Campus]:
        return [decode(Campus, row) for row in await self._reads.select("campuses", {}, limit=200)]

    async def waiting_timetables(self) -> list[Timetable]:
        found = await self._reads.select("timetables", {"waiting_for": {"$gt": ""}}, limit=200)
        return [decode(Timetable, row) for row in found]

    async def waiting_facilitators(self) -> list[Facilitator]:
        found = await self._reads.select("facilitators", {"waiting_for": {"$gt": ""}}, limit=200)
        return [decode(Facilitator, row) for row in found]


def _of_campus(actor: Actor, campus: str | None) -> dict[str, Any]:
    """Raises NotFound for a campus that is not the actor's."""
    if campus is not None:
        if not actor.sees(campus):
            raise NotFound(id=campus)
        return {"campus": campus}
    return {} if actor.coordinates else {"campus": {"$in": sorted(c for c in actor.campuses if actor.sees(c))}}
