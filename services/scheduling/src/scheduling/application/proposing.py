"""Drafting the sessions of an offering from what is known now; a draft books nothing."""

from datetime import timedelta
from uuid import UUID

from scheduling.application.ports import SchedulingTransaction
from scheduling.domain.campus import Campus
from scheduling.domain.copies import Course, Offering
from scheduling.domain.guard import Resource
from scheduling.domain.interval import Interval, days_between
from scheduling.domain.proposal import Busy, Placed, Proposal, Wanted, propose
from scheduling.domain.session import Session, Site, WhenWhere
from scheduling.domain.timetable import Timetable, Unplaced

NO_CAMPUS = "campus-unknown"
# Most offerings fit within a week or a month: a longer look reads more guards, so it is taken only when needed.
LOOKS_AHEAD_DAYS = (7, 30, 120)


async def draft_timetable(timetable: Timetable, offering: Offering, tx: SchedulingTransaction) -> Timetable:
    """Sessions in place of the draft ones; or a timetable that waits for its course. Raises AlreadyReleased."""
    course = await tx.courses.find(offering.course_id)
    if course is None:
        waiting = timetable.wait(offering.campus, offering.course_id, tx.now)
        await drop_drafts(offering.id, tx)
        return tx.timetables.save(waiting)
    campus = await tx.campuses.find(offering.campus)
    if campus is None:
        drafted = timetable.draft(offering.campus, [Unplaced(part.part, NO_CAMPUS) for part in course.parts])
        await drop_drafts(offering.id, tx)
        return tx.timetables.save(drafted)

    proposal = await _propose(offering, course, campus, tx)
    drafted = timetable.draft(campus.id, proposal.unplaced)
    await drop_drafts(offering.id, tx)
    for placed in proposal.placed:
        tx.sessions.save(_session(placed, offering, campus, tx))
    return tx.timetables.save(drafted)


async def drop_drafts(offering_id: UUID, tx: SchedulingTransaction) -> None:
    for session in await tx.sessions.where(offering_id=offering_id, state="draft"):
        tx.sessions.remove(session.id)


async def _propose(offering: Offering, course: Course, campus: Campus, tx: SchedulingTransaction) -> Proposal:
    """S-04, S-05: what suits is what has the seats and features, and who may deliver it in its language."""
    rooms = await tx.rooms.where(campus=campus.id)
    wanted = Wanted(
        offering_id=offering.id,
        campus=campus.id,
        calendar=campus.calendar,
        parts=course.parts,
        rooms=[room for room in rooms if room.suits(offering.seats, course.room_features)],
        facilitators=await tx.facilitators.where(courses=course.id, languages=offering.language),
        team=course.facilitators,
        earliest=max(offering.earliest_start, campus.calendar.today(tx.now)),
        now=tx.now,
    )
    if wanted.hopeless:
        return propose(wanted, {}, 0)
    proposal = Proposal()
    for days in LOOKS_AHEAD_DAYS:
        proposal = propose(wanted, await _busy(wanted, days, tx), days)
        if not proposal.needs_a_longer_look:
            break
    return proposal


async def _busy(wanted: Wanted, days: int, tx: SchedulingTransaction) -> Busy:
    """What the released sessions of all campuses hold of the rooms and people that come into question."""
    # A day of the campus lies on two UTC days, and its last session may end on the next one.
    span = list(days_between(wanted.earliest - timedelta(days=1), wanted.earliest + timedelta(days=days + 1)))
    resources = [
        *(Resource("room", room.id) for room in wanted.rooms),
        *(Resource("facilitator", facilitator.id) for facilitator in wanted.facilitators),
    ]
    guards = await tx.guards.get_many(resource.guard_id(day) for resource in resources for day in span)
    busy: dict[Resource, list[Interval]] = {}
    for resource in resources:
        kept = [guards[id] for id in map(resource.guard_id, span) if id in guards]
        busy[resource] = sorted({booking.interval for guard in kept for booking in guard.bookings})
    return busy


def _session(placed: Placed, offering: Offering, campus: Campus, tx: SchedulingTransaction) -> Session:
    start, end = placed.interval
    return Session(
        id=tx.new_id(),
        offering_id=offering.id,
        campus=campus.id,
        part=placed.part.part,
        mandatory=placed.part.mandatory,
        state="draft",
        when=WhenWhere(start, end, campus.zone, (Site(campus.id, placed.room.id, placed.room.label),)),
        facilitators=placed.facilitators,
        warnings=campus.calendar.warnings(placed.interval),
    )
