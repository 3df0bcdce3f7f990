"""Moving and cancelling sessions, and who may see and do it."""

from datetime import timedelta

import pytest

from common.problem import NotFound, Stale
from scheduling.application.commands_sessions import (
    CancelSession,
    RescheduleSession,
    cancel_session,
    reschedule_session,
)
from scheduling.application.commands_timetable import (
    ReleaseTimetable,
    release_timetable,
)
from scheduling.domain import errors
from scheduling.domain.calendar import Holiday
from tests.unit.scheduling.builders import (
    COORDINATOR,
    KARAIKAL,
    MONDAY,
    PUDUCHERRY,
    a_campus,
    a_confirmation,
    a_course,
    a_facilitator,
    a_planner,
    a_room,
    a_trainee,
    an_offering,
    local,
)
from tests.unit.scheduling.world import World, the_session

TUESDAY = MONDAY + timedelta(days=1)


def a_move(session, start, *, actor=COORDINATOR, end=None, room_id=None, version=None) -> RescheduleSession:
    return RescheduleSession(
        session_id=session.id,
        actor=actor,
        start=start,
        end=end,
        room_id=room_id,
        if_version=session.version if version is None else version,
    )


async def close(tx, *days: Holiday) -> None:
    campus = await tx.campuses.get(PUDUCHERRY)
    tx.campuses.save(campus.extend(days, ()))


@pytest.mark.rule("S-09", "S-12")
async def test_a_move_to_another_day_is_told_with_old_and_new():
    world = World()
    offering_id = await world.released()
    before = await the_session(world, offering_id)

    after = await world.run(reschedule_session, a_move(before, local(TUESDAY, "09:30"), actor=a_planner()))

    [fact] = await world.told("session.rescheduled")
    assert fact["before"]["start"] == "2026-03-09T04:00:00Z"
    assert fact["after"]["start"] == "2026-03-10T04:00:00Z"
    assert fact["after"]["end"] == "2026-03-10T10:00:00Z"
    assert (fact["material"], fact["revision"], fact["schedule_revision"]) == (True, 2, 2)
    assert fact["facilitators"] == [str(f) for f in before.facilitators]
    assert (after.revision, after.when.sites) == (2, before.when.sites)


async def test_what_was_moved_frees_the_old_time_for_others():
    world, course = World(), a_course()
    await world.put(campuses=[a_campus()], rooms=[a_room()], facilitators=[a_facilitator(course.course_id)])
    one, other = an_offering(course.course_id), an_offering(course.course_id)
    await world.hear(course, one, other)
    await world.release(one.offering_id)
    session = await the_session(world, one.offering_id)

    await world.run(reschedule_session, a_move(session, local(TUESDAY, "09:30")))
    await world.release(other.offering_id)

    blocked = await the_session(world, other.offering_id)
    with pytest.raises(errors.RoomTaken):
        await world.run(reschedule_session, a_move(blocked, local(TUESDAY, "12:00")))


async def test_the_same_time_again_changes_nothing():
    world = World()
    session = await the_session(world, await world.released())

    after = await world.run(reschedule_session, a_move(session, session.when.start))

    assert after == session
    assert await world.told("session.rescheduled") == []


async def test_a_draft_is_edited_without_telling_or_booking_and_makes_a_seen_version_stale():
    world = World()
    offering_id = await world.drafted()
    version = (await world.timetable(offering_id)).version
    draft = await the_session(world, offering_id)

    await world.run(reschedule_session, a_move(draft, local(TUESDAY, "09:30")))

    assert await world.told() == []
    assert await world.do(lambda tx: tx.guards.where()) == []
    with pytest.raises(Stale):
        await world.run(release_timetable, ReleaseTimetable(offering_id, COORDINATOR, version))
    await world.release(offering_id)
    assert (await the_session(world, offering_id)).when.start == local(TUESDAY, "09:30")


@pytest.mark.rule("S-08")
async def test_a_move_to_a_closed_day_is_refused_with_its_name():
    world = World()
    session = await the_session(world, await world.released())

    with pytest.raises(errors.DayClosed) as refused:
        await world.run(reschedule_session, a_move(session, local(MONDAY + timedelta(days=5), "09:30")))

    assert refused.value.members["name"] == "Saturday"


@pytest.mark.rule("S-08")
async def test_a_move_to_a_restricted_holiday_warns():
    world = World()
    session = await the_session(world, await world.released())
    await world.do(lambda tx: close(tx, Holiday(TUESDAY, "Rath Yatra", "restricted")))

    after = await world.run(reschedule_session, a_move(session, local(TUESDAY, "09:30")))

    assert [warning.name for warning in after.warnings] == ["Rath Yatra"]


@pytest.mark.rule("S-04")
async def test_a_new_room_has_to_hold_the_seats():
    world = World()
    session = await the_session(world, await world.released())
    closet, lab = a_room(label="Closet", capacity=3), a_room(label="Lab")
    await world.put(rooms=[closet, lab])

    with pytest.raises(errors.RoomTooSmall):
        await world.run(reschedule_session, a_move(session, session.when.start, room_id=closet.id))
    after = await world.run(reschedule_session, a_move(session, session.when.start, room_id=lab.id))

    [fact] = await world.told("session.rescheduled")
    assert after.when.sites[0].room_label == "Lab"
    assert fact["material"] is False
    assert fact["after"]["sites"][0]["room_label"] == "Lab"


@pytest.mark.rule("P-03")
async def test_another_campuss_room_session_and_timetable_are_not_there():
    world = World()
    offering_id = await world.released()
    session = await the_session(world, offering_id)
    theirs = a_room(campus=KARAIKAL)
    await world.put(rooms=[theirs])
    stranger, own = a_planner(KARAIKAL), a_planner()

    with pytest.raises(NotFound):
        await world.run(reschedule_session, a_move(session, session.when.start, actor=own, room_id=theirs.id))
    with pytest.raises(NotFound):
        await world.run(reschedule_session, a_move(session, session.when.start, actor=stranger))
    with pytest.raises(NotFound):
        await world.run(cancel_session, CancelSession(session.id, stranger, "x", session.version))
    with pytest.raises(NotFound):
        await world.release(offering_id, stranger)
    with pytest.raises(NotFound):
        await world.service.queries.get_session(stranger, session.id)
    with pytest.raises(NotFound):
        await world.service.queries.get_timetable(stranger, offering_id)


@pytest.mark.rule("A-01")
async def test_who_comes_or_delivers_sees_the_session_but_cannot_move_it():
    world = World()
    offering_id = await world.released()
    session = await the_session(world, offering_id)
    trainee = a_trainee(campus=KARAIKAL)
    await world.hear(a_confirmation(offering_id, trainee.person_id))
    facilitator = a_trainee(session.facilitators[0], campus=KARAIKAL)

    for actor in (trainee, facilitator):
        assert (await world.service.queries.get_session(actor, session.id)).id == session.id
        assert len((await world.service.queries.get_timetable(actor, offering_id)).sessions) == 1
        with pytest.raises(errors.NotAllowed):
            await world.run(reschedule_session, a_move(session, session.when.start, actor=actor))
    with pytest.raises(NotFound):
        await world.service.queries.get_session(a_trainee(), session.id)


@pytest.mark.rule("P-03")
async def test_a_draft_is_seen_by_its_campus_only():
    world = World()
    offering_id = await world.drafted()
    draft = await the_session(world, offering_id)
    trainee = a_trainee(campus=KARAIKAL)
    await world.hear(a_confirmation(offering_id, trainee.person_id))

    assert (await world.service.queries.get_timetable(trainee, offering_id)).sessions == []
    for actor in (trainee, a_trainee(draft.facilitators[0])):
        with pytest.raises(NotFound):
            await world.service.queries.get_session(actor, draft.id)


async def test_a_cancelled_session_is_told_once_and_its_room_is_free():
    world = World()
    offering_id = await world.released()
    session = await the_session(world, offering_id)
    cancel = CancelSession(session.id, a_planner(), "water in the hall", session.version)

    await world.run(cancel_session, cancel)
    again = await world.run(cancel_session, cancel)

    [fact] = await world.told("session.cancelled")
    assert (again.state, fact["because"], fact["revision"]) == ("cancelled", "own", 2)
    assert "water" not in str(fact)
    assert not any(guard.bookings for guard in await world.do(lambda tx: tx.guards.where()))
    with pytest.raises(errors.SessionNotScheduled):
        await world.run(reschedule_session, a_move(again, local(TUESDAY, "09:30")))


async def test_a_stale_move_or_cancel_changes_nothing():
    world = World()
    session = await the_session(world, await world.released())

    with pytest.raises(Stale):
        await world.run(reschedule_session, a_move(session, local(TUESDAY, "09:30"), version=session.version + 1))
    with pytest.raises(Stale):
        await world.run(cancel_session, CancelSession(session.id, COORDINATOR, "x", session.version + 1))

    assert await world.told("session") == []
