"""Scheduling on the real database: what two processes ask for at once, and what the reads answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from common.mongo import MongoDatabase
from sangam_local.system import System
from scheduling.adapters.mongo import INDEXES
from scheduling.application.commands_places import AddRoom, add_room
from scheduling.application.commands_sessions import RescheduleSession, reschedule_session
from scheduling.domain.errors import FacilitatorTaken, RoomLabelTaken, RoomTaken
from tests.unit.scheduling.builders import (
    COORDINATOR,
    MONDAY,
    PUDUCHERRY,
    a_campus,
    a_confirmation,
    a_course,
    a_facilitator,
    a_person,
    a_planner,
    a_room,
    an_offering,
    local,
)
from tests.unit.scheduling.world import World

Two = tuple[World, World]


@pytest.fixture
async def processes(parts: System) -> AsyncIterator[Two]:
    """Two of scheduling's processes on one database."""
    name = f"scheduling_{uuid4().hex[:12]}"
    databases = [MongoDatabase(parts.mongo_url(), name) for _ in range(2)]
    await databases[0].set_up(INDEXES)
    yield World(databases[0]), World(databases[1])
    for database in databases:
        database.close()


async def drafts(world: World, count: int, *, rooms: int, facilitators: int) -> list[UUID]:
    """Offerings that were all drafted for the same day before any was released."""
    course = a_course()
    offerings = [an_offering(course.course_id) for _ in range(count)]
    await world.put(
        campuses=[a_campus()],
        rooms=[a_room(label=str(n)) for n in range(rooms)],
        facilitators=[a_facilitator(course.course_id) for _ in range(facilitators)],
    )
    await world.hear(course, *offerings)
    return [offering.offering_id for offering in offerings]


@pytest.mark.rule("S-03", "S2")
@pytest.mark.parametrize(("rooms", "facilitators"), [(1, 12), (12, 1)])
async def test_of_planners_who_release_one_room_or_facilitator_at_once_one_wins(
    processes: Two, rooms: int, facilitators: int
) -> None:
    one, other = processes
    ids = await drafts(one, 6, rooms=rooms, facilitators=facilitators)

    releases = [(one if n % 2 else other).release(id) for n, id in enumerate(ids)]
    results = await asyncio.gather(*releases, return_exceptions=True)

    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == len(ids) - 1
    assert {type(problem) for problem in refused} <= {RoomTaken, FacilitatorTaken}
    await nothing_overlaps(one, ids)


@pytest.mark.rule("S-03", "S2")
async def test_sessions_moved_to_one_time_at_once_never_overlap(processes: Two) -> None:
    one, other = processes
    ids = await drafts(one, 1, rooms=1, facilitators=1)
    await one.release(ids[0])
    course = await one.do(lambda tx: tx.courses.where())
    for n in range(1, 4):
        later = an_offering(course[0].id, earliest_start=MONDAY + timedelta(days=n))
        await one.hear(later)
        await one.release(later.offering_id)
        ids.append(later.offering_id)

    friday = local(MONDAY + timedelta(days=11), "09:30")
    moves = []
    for n, offering_id in enumerate(ids):
        [session] = (await one.timetable(offering_id)).sessions
        move = RescheduleSession(
            session_id=session.id,
            actor=a_planner(),
            start=friday + timedelta(hours=n),
            end=None,
            room_id=None,
            if_version=session.version,
        )
        moves.append((one if n % 2 else other).run(reschedule_session, move))
    results = await asyncio.gather(*moves, return_exceptions=True)

    assert sum(not isinstance(result, Exception) for result in results) == 1
    await nothing_overlaps(one, ids)


async def nothing_overlaps(world: World, offering_ids: list[UUID]) -> None:
    sessions = [s for id in offering_ids for s in (await world.timetable(id)).sessions if s.state == "scheduled"]
    assert sessions
    for n, session in enumerate(sessions):
        for second in sessions[n + 1 :]:
            if set(session.resources) & set(second.resources):
                assert not session.when.interval.overlaps(second.when.interval)
    guards = await world.do(lambda tx: tx.guards.where())
    held = {(guard.id, booking.session_id) for guard in guards for booking in guard.bookings}
    assert held == {
        (resource.guard_id(day), session.id)
        for session in sessions
        for resource in session.resources
        for day in session.when.interval.utc_days()
    }


async def test_one_label_is_given_once_however_many_ask_at_once(processes: Two) -> None:
    one, other = processes
    await one.put(campuses=[a_campus()])
    command = AddRoom(actor=a_planner(), campus=PUDUCHERRY, label="Hall", capacity=9, features=frozenset())

    asked = [(one if n % 2 else other).run(add_room, command) for n in range(4)]
    results = await asyncio.gather(*asked, return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == ["Room", *["RoomLabelTaken"] * 3]
    assert RoomLabelTaken in {type(result) for result in results}


async def test_the_reads_answer_what_the_commands_stored(processes: Two) -> None:
    world, other = processes
    [offering_id] = await drafts(world, 1, rooms=1, facilitators=1)
    person = a_person()
    await world.hear(a_confirmation(offering_id, person.person_id), person)
    released = await world.release(offering_id)

    seen = await other.timetable(offering_id)
    queries, [session] = other.service.queries, seen.sessions
    [roster] = (await queries.list_roster(a_planner(), session.id, limit=10, after=None)).items
    [facilitator] = (await queries.list_facilitators(COORDINATOR, campus=None, course=None, limit=9, after=None)).items
    [campus] = (await queries.list_campuses(limit=10, after=None)).items

    assert seen == released
    assert roster.names == {"en": "Meena"}
    assert facilitator.facilitator.id == session.facilitators[0]
    assert campus == await world.do(lambda tx: tx.campuses.get(PUDUCHERRY))
    assert (await queries.get_attendance(a_planner(), session.id)).marks == ()
    assert await other.service.due.waiting_timetables() == []


async def test_an_offering_that_waits_is_found_by_the_timer(processes: Two) -> None:
    world, other = processes
    course = a_course()
    await world.put(campuses=[a_campus()], rooms=[a_room()], facilitators=[a_facilitator(course.course_id)])
    await world.hear(offering := an_offering(course.course_id))

    waiting = await other.service.due.waiting_timetables()
    await other.hear(course)

    assert [timetable.id for timetable in waiting] == [offering.offering_id]
    assert (await world.timetable(offering.offering_id)).timetable.state == "draft"
