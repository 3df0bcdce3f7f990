"""One timed meeting of an offering: draft → scheduled → held, or cancelled; each change in force is a new revision."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling.domain.attendance import OPENS_BEFORE
from scheduling.domain.calendar import Calendar, Caution
from scheduling.domain.errors import SessionHeld, SessionNotScheduled, SessionStarted, StartInPast, TooEarly, TooLong
from scheduling.domain.guard import Booking, Resource
from scheduling.domain.interval import Interval
from scheduling.domain.words import Actor, CampusId

State = Literal["draft", "scheduled", "held", "cancelled"]
MINOR = timedelta(minutes=60)
LONGEST = timedelta(hours=24)
FARTHEST = timedelta(days=731)


class Site(NamedTuple):
    """Where people meet: a room of a campus, or online."""

    campus: CampusId
    room_id: UUID | None
    room_label: str | None
    online: bool = False


class WhenWhere(NamedTuple):
    """UTC, and the venue's IANA zone (S-14)."""

    start: datetime
    end: datetime
    zone: str
    sites: tuple[Site, ...]

    @property
    def interval(self) -> Interval:
        return Interval(self.start, self.end)

    def differs_materially(self, known: "WhenWhere") -> bool:
        """S-09: minor is the same day at the venue, at most an hour, the same campus, both in person or both online."""
        return (
            self._day != known._day
            or max(abs(self.start - known.start), abs(self.end - known.end)) > MINOR
            or [(site.campus, site.online) for site in self.sites]
            != [(site.campus, site.online) for site in known.sites]
        )

    @property
    def _day(self) -> object:
        return self.start.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`settled` is what people last confirmed or were asked about; minor changes are measured from there (S-09)."""

    id: UUID
    version: int = 0
    offering_id: UUID
    campus: CampusId
    part: int
    mandatory: bool
    state: State
    revision: int = 0
    when: WhenWhere
    settled: WhenWhere | None = None
    facilitators: tuple[UUID, ...] = ()
    warnings: tuple[Caution, ...] = ()
    cancelled_because: str = ""

    @property
    def resources(self) -> list[Resource]:
        rooms = [Resource("room", site.room_id) for site in self.when.sites if site.room_id]
        return [*rooms, *(Resource("facilitator", person) for person in self.facilitators)]

    @property
    def booking(self) -> Booking:
        return Booking(self.when.start, self.when.end, self.id, self.offering_id, self.campus)

    def led_by(self, actor: Actor) -> bool:
        return actor.person_id is not None and actor.person_id in self.facilitators

    def release(self, now: datetime, calendar: Calendar) -> "Session":
        """Raises DayClosed, StartInPast, TooLong."""
        check_time(self.when.interval, now)
        warnings = calendar.warnings(self.when.interval)
        return replace(self, state="scheduled", revision=self.revision + 1, settled=self.when, warnings=warnings)

    def reschedule(self, when: WhenWhere, now: datetime, calendar: Calendar) -> "tuple[Session, bool]":
        """The session at its new time and place, and whether that is material. A draft is just edited.

        `calendar` is the venue's. Raises DayClosed, SessionHeld, SessionNotScheduled, SessionStarted, StartInPast,
        TooLong.
        """
        self._will_take_place()
        if self.state == "scheduled" and self.when.start <= now:
            raise SessionStarted(started=self.when.start.isoformat())
        check_time(when.interval, now)
        warnings = calendar.warnings(when.interval)
        if self.state == "draft":
            return replace(self, when=when, warnings=warnings), False
        material = when.differs_materially(self.settled or self.when)
        settled = when if material else self.settled
        moved = replace(self, when=when, settled=settled, warnings=warnings, revision=self.revision + 1)
        return moved, material

    def cancel(self, reason: str) -> "Session":
        """Raises SessionHeld, SessionNotScheduled."""
        self._will_take_place()
        if self.state == "draft":
            raise SessionNotScheduled(state=self.state)
        return replace(self, state="cancelled", revision=self.revision + 1, cancelled_because=reason)

    def hold(self, now: datetime) -> "Session":
        """Attendance is being recorded. Raises SessionNotScheduled, TooEarly."""
        if self.state not in ("scheduled", "held"):
            raise SessionNotScheduled(state=self.state)
        if now < (opens := self.when.start - OPENS_BEFORE):
            raise TooEarly(opens=opens.isoformat())
        return replace(self, state="held")

    def _will_take_place(self) -> None:
        if self.state == "held":
            raise SessionHeld()
        if self.state == "cancelled":
            raise SessionNotScheduled(state=self.state)


def check_time(interval: Interval, now: datetime) -> None:
    """Raises StartInPast, TooLong."""
    if interval.start <= now:
        raise StartInPast(start=interval.start.isoformat())
    if interval.length > LONGEST or interval.start > now + FARTHEST:
        raise TooLong(start=interval.start.isoformat(), end=interval.end.isoformat())
