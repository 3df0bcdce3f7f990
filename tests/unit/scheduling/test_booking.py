"""No room and no facilitator is ever booked twice, whatever is asked in whatever order."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.problem import Problem
from scheduling.application.booking import book
from scheduling.application.commands_sessions import (
    CancelSession,
    RescheduleSession,
    cancel_session,
    reschedule_session,
)
from scheduling.domain.errors import FacilitatorTaken, RoomTaken
from scheduling.domain.guard import Guard
from scheduling.domain.session import Session, Site
from scheduling.domain.timetable import Timetable
from tests.unit.scheduling.builders import (
    COORDINATOR,
    KARAIKAL,
    MONDAY,
    PUDUCHERRY,
    a_campus,
    a_planner,
    a_session,
    an_offering_copy,
    local,
)
from tests.unit.scheduling.world import World

TEN = local(MONDAY, "10:00")
HALL = Site(PUDUCHERRY, uuid4(), "Hall")


def in_hall(start, minutes=60, **fields) -> Session:
    session = a_session(start, minutes, **fields)
    return replace(session, when=session.when._replace(sites=(HALL,)))


@pytest.mark.rule("S-02", "S-03")
async def test_a_taken_room_is_named_with_what_and_when():
    world, first = World(), in_hall(TEN)
    await world.do(lambda tx: book([first], COORDINATOR, tx))

    with pytest.raises(RoomTaken) as refused:
        await world.do(lambda tx: book([in_hall(TEN + timedelta(minutes=59))], a_planner(), tx))

    [conflict] = refused.value.members["conflicts"]
    assert conflict["what"] == "room"
    assert conflict["session_id"] == str(first.id)
    assert conflict["start"] == TEN.isoformat()
    assert conflict["severity"] == "block"


@pytest.mark.rule("S-02")
async def test_of_another_campuss_booking_only_campus_and_time_are_told():
    world, person = World(), uuid4()
    theirs = a_session(TEN, campus=KARAIKAL, facilitators=(person,))
    await world.do(lambda tx: book([theirs], COORDINATOR, tx))

    with pytest.raises(FacilitatorTaken) as refused:
        await world.do(lambda tx: book([a_session(TEN, facilitators=(person,))], a_planner(), tx))

    [conflict] = refused.value.members["conflicts"]
    assert conflict["busy"] is True
    assert conflict["campus"] == KARAIKAL
    assert not {"session_id", "offering_id"} & set(conflict)


@pytest.mark.rule("S-02")
async def test_every_conflict_is_named_once_and_nothing_is_booked():
    world, night = World(), in_hall(local(MONDAY, "23:00") + timedelta(hours=5), 120)  # over midnight UTC
    await world.do(lambda tx: book([night, in_hall(TEN)], COORDINATOR, tx))
    other = a_session(TEN)

    with pytest.raises(RoomTaken) as refused:
        await world.do(lambda tx: book([in_hall(night.when.start), in_hall(TEN), other], COORDINATOR, tx))

    assert len(refused.value.members["conflicts"]) == 2
    assert not await world.do(lambda tx: tx.guards.where(id=other.resources[0].guard_id(MONDAY)))


@pytest.mark.rule("S-01", "S-02")
async def test_back_to_back_sessions_share_a_room():
    world = World()

    await world.do(lambda tx: book([in_hall(TEN), in_hall(TEN + timedelta(hours=1))], COORDINATOR, tx))


@pytest.mark.rule("S-02")
async def test_two_sessions_of_one_release_cannot_have_the_same_room_at_once():
    with pytest.raises(RoomTaken):
        await World().do(lambda tx: book([in_hall(TEN), in_hall(TEN)], COORDINATOR, tx))


@pytest.mark.rule("S-03", "S2")
async def test_of_two_planners_who_release_one_room_at_once_one_wins():
    world = World()
    first, _, second, *_ = [await world.session(id) for id in await five_drafts(world)]

    releases = [world.release(session.offering_id) for session in (first, second)]
    answers = await asyncio.gather(*releases, return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["RoomTaken", "TimetableView"]


moves = st.lists(
    st.tuples(
        st.sampled_from(["release", "reschedule", "cancel"]), st.integers(0, 4), st.integers(1, 96), st.integers(1, 40)
    ),
    max_size=40,
)


@pytest.mark.rule("S-02", "S-03", "S2")
@settings(max_examples=40, deadline=None)
@given(moves)
async def test_whatever_is_released_moved_and_cancelled_nothing_overlaps(moves):
    """Five drafts for one time share two rooms and two facilitators; each may last up to 20 hours."""
    world = World()
    sessions = await five_drafts(world)

    for what, which, hour, half_hours in moves:
        current = await world.session(sessions[which])
        start = local(MONDAY, "00:00") + timedelta(hours=hour)
        move = RescheduleSession(
            session_id=current.id,
            actor=COORDINATOR,
            start=start,
            end=start + timedelta(minutes=30 * half_hours),
            room_id=None,
            if_version=current.version,
        )
        cancel = CancelSession(current.id, COORDINATOR, "x", current.version)
        try:
            if what == "release":
                await world.release(current.offering_id)
            elif what == "reschedule":
                await world.run(reschedule_session, move)
            else:
                await world.run(cancel_session, cancel)
        except Problem:
            assert await world.session(current.id) == current
        await check(world, sessions)


async def five_drafts(world: World) -> list[UUID]:
    """Of one session each; two share a room and a facilitator, and so do the other three."""
    sites, people = [Site(PUDUCHERRY, uuid4(), name) for name in "AB"], [uuid4(), uuid4()]
    sessions = []
    for n in range(5):
        draft = a_session(TEN, state="draft", revision=0, settled=None, facilitators=(people[n % 2],))
        sessions.append(replace(draft, when=draft.when._replace(sites=(sites[n % 2],))))
    await world.put(
        campuses=[a_campus(working_week=tuple(range(1, 8)))],
        sessions=sessions,
        offerings=[an_offering_copy(session.offering_id) for session in sessions],
        timetables=[Timetable(id=s.offering_id, campus=PUDUCHERRY, state="draft") for s in sessions],
    )
    return [session.id for session in sessions]


async def check(world: World, ids: list[UUID]) -> None:
    """The guards hold exactly what the sessions in force need, and no two of those overlap."""
    live = [s for s in [await world.session(id) for id in ids] if s.state == "scheduled"]
    for one, other in combinations(live, 2):
        if set(one.resources) & set(other.resources):
            assert not one.when.interval.overlaps(other.when.interval)
    guards: list[Guard] = await world.do(lambda tx: tx.guards.where())
    held = {(guard.id, booking.session_id) for guard in guards for booking in guard.bookings}
    assert held == {
        (resource.guard_id(day), s.id) for s in live for resource in s.resources for day in s.when.interval.utc_days()
    }
