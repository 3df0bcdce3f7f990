"""What use cases need from outside: a transaction over our aggregates, the read side, and gazetted holidays."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from common.repository import Repository
from common.transaction import Transaction
from scheduling.application.queries import (
    AttendanceRow,
    FacilitatorRow,
    Page,
    RosterRow,
    TimetableView,
)
from scheduling.domain.attendance import Attendance
from scheduling.domain.calendar import Holiday
from scheduling.domain.campus import Campus, Region
from scheduling.domain.copies import Course, Offering, Person
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.guard import Guard
from scheduling.domain.room import Room
from scheduling.domain.roster import RosterEntry
from scheduling.domain.session import Session
from scheduling.domain.timetable import Timetable
from scheduling.domain.words import Actor


class SchedulingTransaction(Transaction):
    """Owned: campuses, rooms, facilitators, timetables, sessions, guards, attendance. Copies: the rest."""

    @property
    def campuses(self) -> Repository[Campus]:
        return self.repository(Campus, "campuses")

    @property
    def rooms(self) -> Repository[Room]:
        return self.repository(Room, "rooms")

    @property
    def facilitators(self) -> Repository[Facilitator]:
        return self.repository(Facilitator, "facilitators")

    @property
    def timetables(self) -> Repository[Timetable]:
        return self.repository(Timetable, "timetables")

    @property
    def sessions(self) -> Repository[Session]:
        return self.repository(Session, "sessions")

    @property
    def guards(self) -> Repository[Guard]:
        return self.repository(Guard, "guards")

    @property
    def roster(self) -> Repository[RosterEntry]:
        return self.repository(RosterEntry, "roster")

    @property
    def attendance(self) -> Repository[Attendance]:
        return self.repository(Attendance, "attendance")

    @property
    def people(self) -> Repository[Person]:
        return self.repository(Person, "people")

    @property
    def courses(self) -> Repository[Course]:
        return self.repository(Course, "courses")

    @property
    def offerings(self) -> Repository[Offering]:
        return self.repository(Offering, "offerings")


class Gazette(Protocol):
    """Where gazetted holidays come from."""

    async def holidays(self, region: Region, years: Iterable[int]) -> tuple[Holiday, ...]:
        """Raises UnknownRegion."""
        ...


class Queries(Protocol):
    """Reads for lists and pages: straight from the database, always for an actor. Each raises NotFound (P-03)."""

    async def list_campuses(self, *, limit: int, after: str | None) -> Page[Campus]: ...
    async def get_campus(self, id: str) -> Campus: ...
    async def list_rooms(self, actor: Actor, *, campus: str | None, limit: int, after: str | None) -> Page[Room]: ...
    async def list_facilitators(
        self, actor: Actor, *, campus: str | None, course: UUID | None, limit: int, after: str | None
    ) -> Page[FacilitatorRow]: ...
    async def get_timetable(self, actor: Actor, offering_id: UUID) -> TimetableView: ...
    async def get_session(self, actor: Actor, session_id: UUID) -> Session: ...
    async def list_roster(
        self, actor: Actor, session_id: UUID, *, limit: int, after: str | None
    ) -> Page[RosterRow]: ...
    async def get_attendance(self, actor: Actor, session_id: UUID) -> AttendanceRow: ...


class Due(Protocol):
    """Reads of the timers, for nobody in particular; what they answer is looked at again before it is acted upon."""

    async def campuses(self) -> list[Campus]: ...
    async def waiting_timetables(self) -> list[Timetable]: ...
    async def waiting_facilitators(self) -> list[Facilitator]: ...
