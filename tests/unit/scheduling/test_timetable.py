"""Proposing and releasing a timetable, as planners ask for it."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from common.problem import NotFound, Stale
from scheduling.application.commands_sessions import (
    CancelSession,
    cancel_session,
)
from scheduling.application.commands_timetable import (
    ProposeTimetable,
    ReleaseTimetable,
    propose_timetable,
    release_timetable,
)
from scheduling.application.incoming import OfferingCancelled
from scheduling.domain import errors
from scheduling.domain.calendar import Holiday
from tests.unit.scheduling.builders import (
    COORDINATOR,
    MONDAY,
    PUDUCHERRY,
    a_campus,
    a_course,
    a_facilitator,
    a_part,
    a_planner,
    a_room,
    an_offering,
    local,
)
from tests.unit.scheduling.world import World, the_session

TUESDAY = MONDAY + timedelta(days=1)


@pytest.mark.rule("S-12")
async def test_a_release_puts_all_sessions_in_force_and_tells_them():
    world = World()
    offering_id = await world.drafted(parts=[a_part(1), a_part(2)])

    view = await world.release(offering_id, a_planner())

    [fact] = await world.told("schedule.released")
    assert (view.timetable.state, view.timetable.schedule_revision) == ("released", 1)
    assert fact["offering_id"] == str(offering_id)
    assert [s["session_id"] for s in fact["sessions"]] == [str(s.id) for s in view.sessions]
    assert {(s.state, s.revision) for s in view.sessions} == {("scheduled", 1)}
    assert fact["sessions"][0]["zone"] == "Asia/Kolkata"
    assert fact["sessions"][0]["sites"][0]["room_label"].startswith("Hall")
    assert fact["sessions"][0]["facilitators"]


@pytest.mark.rule("S-03")
async def test_of_two_planners_who_release_the_same_room_at_once_one_gets_the_conflict():
    world, course = World(), a_course()
    await world.put(
        campuses=[a_campus()], rooms=[a_room()], facilitators=[a_facilitator(course.course_id) for _ in range(2)]
    )
    one, other = an_offering(course.course_id), an_offering(course.course_id)
    await world.hear(course, one, other)

    results = await asyncio.gather(
        world.release(one.offering_id), world.release(other.offering_id), return_exceptions=True
    )

    [refused] = [r for r in results if isinstance(r, Exception)]
    assert isinstance(refused, errors.RoomTaken)
    assert len(await world.told("schedule.released")) == 1


@pytest.mark.rule("S-03")
async def test_the_one_who_lost_proposes_again_and_gets_another_day():
    world, course = World(), a_course()
    await world.put(campuses=[a_campus()], rooms=[a_room()], facilitators=[a_facilitator(course.course_id)])
    one, other = an_offering(course.course_id), an_offering(course.course_id)
    await world.hear(course, one, other)
    await world.release(one.offering_id)

    await world.run(propose_timetable, ProposeTimetable(other.offering_id, COORDINATOR))
    await world.release(other.offering_id)

    assert (await the_session(world, other.offering_id)).when.start == local(TUESDAY, "09:30")


async def test_a_release_of_what_changed_since_is_stale():
    world = World()
    offering_id = await world.drafted()
    version = (await world.timetable(offering_id)).version
    await world.run(propose_timetable, ProposeTimetable(offering_id, COORDINATOR))

    with pytest.raises(Stale):
        await world.run(release_timetable, ReleaseTimetable(offering_id, COORDINATOR, version))


async def test_what_cannot_be_placed_is_not_released():
    world = World()
    offering_id = await world.drafted(seats=400)

    with pytest.raises(errors.PartsUnplaced) as refused:
        await world.release(offering_id)

    assert refused.value.members["unplaced"] == [{"part": 1, "reason": "no-room-fits"}]


async def test_a_timetable_is_released_once_and_not_proposed_afterwards():
    world = World()
    offering_id = await world.released()

    with pytest.raises(errors.AlreadyReleased):
        await world.release(offering_id)
    with pytest.raises(errors.AlreadyReleased):
        await world.run(propose_timetable, ProposeTimetable(offering_id, COORDINATOR))


@pytest.mark.rule("S-08")
async def test_a_day_that_was_closed_after_the_draft_is_not_released():
    world = World()
    offering_id = await world.drafted()
    await world.do(lambda tx: close(tx, Holiday(MONDAY, "Pongal", "closed")))

    with pytest.raises(errors.DayClosed):
        await world.release(offering_id)


async def close(tx, *days: Holiday) -> None:
    campus = await tx.campuses.get(PUDUCHERRY)
    tx.campuses.save(campus.extend(days, ()))


@pytest.mark.rule("S-10")
async def test_a_cancelled_offering_is_neither_proposed_nor_released():
    world = World()
    offering_id = await world.drafted()
    await world.hear(OfferingCancelled(offering_id=offering_id, revision=2))

    with pytest.raises(errors.OfferingIsCancelled):
        await world.run(propose_timetable, ProposeTimetable(offering_id, COORDINATOR))
    with pytest.raises(errors.OfferingIsCancelled):
        await world.release(offering_id)


async def test_an_unknown_offering_or_session_is_not_found():
    world = World()

    with pytest.raises(NotFound):
        await world.timetable(uuid4())
    with pytest.raises(NotFound):
        await world.run(propose_timetable, ProposeTimetable(uuid4(), COORDINATOR))
    with pytest.raises(NotFound):
        await world.run(cancel_session, CancelSession(uuid4(), COORDINATOR, "x", 1))


@pytest.mark.rule("N-09")
async def test_a_dry_release_says_what_would_happen_and_does_nothing():
    world = World()
    offering_id = await world.drafted()
    version = (await world.timetable(offering_id)).version
    release = ReleaseTimetable(offering_id, COORDINATOR, version)

    view = await world.do(lambda tx: release_timetable(release, tx), dry_run=True)

    assert view.timetable.state == "released"
    assert (await world.timetable(offering_id)).timetable.state == "draft"
    assert await world.told() == []
