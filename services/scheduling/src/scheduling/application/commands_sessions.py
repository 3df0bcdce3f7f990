"""What planners can ask of one session: another time or room, or that it does not take place."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.problem import NotFound, Stale
from scheduling.application import facts
from scheduling.application.booking import book, free
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.visibility import get_session
from scheduling.domain.errors import OfferingIsCancelled
from scheduling.domain.interval import Interval
from scheduling.domain.session import Session, Site, WhenWhere
from scheduling.domain.words import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleSession:
    """Without an end the session keeps its length, without a room its room; its facilitators come along."""

    session_id: UUID
    actor: Actor
    start: datetime
    end: datetime | None
    room_id: UUID | None
    if_version: int


async def reschedule_session(command: RescheduleSession, tx: SchedulingTransaction) -> Session:
    """A release of that one session (S-12), material or not (S-09). A draft is edited, and nobody told.

    Raises DayClosed, FacilitatorTaken, NotAllowed, NotFound, OfferingIsCancelled, RoomLacksFeatures, RoomTaken,
    RoomTooSmall, SessionHeld, SessionNotScheduled, SessionStarted, Stale, StartInPast, TooLong, ZeroLength.
    """
    before = await get_session(command.session_id, command.actor, tx)
    if command.if_version != before.version:
        raise Stale(version=before.version)
    timetable = await tx.timetables.get(before.offering_id)
    interval = Interval.between(command.start, command.end or command.start + before.when.interval.length)
    when = await _place(before, interval, command, tx)
    if when == before.when:
        return before
    calendar = (await tx.campuses.get(when.sites[0].campus)).calendar
    after, material = before.reschedule(when, tx.now, calendar)

    timetable = tx.timetables.save(timetable.change())
    if after.state == "draft":
        return tx.sessions.save(after)
    await free([before], tx)
    await book([after], command.actor, tx)
    after = tx.sessions.save(after)
    tx.emit(facts.session_rescheduled(before, after, timetable, material=material))
    return after


async def _place(
    session: Session, interval: Interval, command: RescheduleSession, tx: SchedulingTransaction
) -> WhenWhere:
    if command.room_id is None or command.room_id in {site.room_id for site in session.when.sites}:
        return session.when._replace(start=interval.start, end=interval.end)
    room = await tx.rooms.find(command.room_id)
    if room is None or not command.actor.plans(room.campus):
        raise NotFound(id=str(command.room_id))
    offering = await tx.offerings.get(session.offering_id)
    if offering.cancelled:
        raise OfferingIsCancelled()
    course = await tx.courses.find(offering.course_id)
    room.check(offering.seats, course.room_features if course else ())
    venue = await tx.campuses.get(room.campus)
    return WhenWhere(interval.start, interval.end, venue.zone, (Site(room.campus, room.id, room.label),))


@dataclass(frozen=True, slots=True)
class CancelSession:
    """`reason` is for people and stays here; facts carry codes only."""

    session_id: UUID
    actor: Actor
    reason: str
    if_version: int


async def cancel_session(command: CancelSession, tx: SchedulingTransaction) -> Session:
    """Its room and facilitators are free again; cancelling it twice is nothing.

    Raises NotAllowed, NotFound, SessionHeld, SessionNotScheduled, Stale.
    """
    before = await get_session(command.session_id, command.actor, tx)
    if before.state == "cancelled":
        return before
    if command.if_version != before.version:
        raise Stale(version=before.version)
    timetable = await tx.timetables.get(before.offering_id)
    after = tx.sessions.save(before.cancel(command.reason))
    timetable = tx.timetables.save(timetable.change())
    await free([before], tx)
    tx.emit(facts.session_cancelled(after, timetable, "own"))
    return after
