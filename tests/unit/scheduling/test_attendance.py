"""Recording who was there."""

from datetime import timedelta
from uuid import uuid4

import pytest

from common.problem import NotFound
from scheduling.application.commands_attendance import RecordAttendance, record_attendance
from scheduling.application.commands_sessions import CancelSession, cancel_session
from scheduling.domain import errors
from scheduling.domain.attendance import Marked
from scheduling.domain.session import Session
from tests.unit.scheduling.builders import (
    COORDINATOR,
    KARAIKAL,
    MONDAY,
    a_confirmation,
    a_person,
    a_planner,
    a_trainee,
    an_admin,
    local,
)
from tests.unit.scheduling.world import World

START = local(MONDAY, "09:30")


async def a_class(world: World, size: int = 3) -> tuple[Session, list]:
    offering_id = await world.released()
    people = [uuid4() for _ in range(size)]
    await world.hear(*(a_confirmation(offering_id, person) for person in people))
    [session] = (await world.timetable(offering_id)).sessions
    world.now = START
    return session, people


def present(*people) -> list[Marked]:
    return [Marked(person, "present") for person in people]


@pytest.mark.rule("S-15")
async def test_marks_are_told_as_they_were_said_and_others_keep_theirs():
    world = World()
    session, (a, b, c) = await a_class(world)

    await world.run(record_attendance, RecordAttendance(session.id, an_admin(), present(a, b)))
    later = [Marked(b, "partial", 45), Marked(c, "absent")]
    attendance = await world.run(record_attendance, RecordAttendance(session.id, an_admin(), later))

    first, second = await world.told("attendance.recorded")
    assert [mark["person_id"] for mark in first["marks"]] == [str(a), str(b)]
    assert second["marks"] == [
        {"person_id": str(b), "status": "partial", "minutes": 45},
        {"person_id": str(c), "status": "absent", "minutes": None},
    ]
    assert (first["revision"], second["revision"]) == (1, 2)
    assert {m.person_id: m.status for m in attendance.marks} == {a: "present", b: "partial", c: "absent"}
    assert (await world.session(session.id)).state == "held"


@pytest.mark.rule("S-15")
async def test_it_opens_thirty_minutes_before_and_says_when():
    world = World()
    session, people = await a_class(world)
    world.now = START - timedelta(minutes=31)

    with pytest.raises(errors.TooEarly) as refused:
        await world.run(record_attendance, RecordAttendance(session.id, an_admin(), present(*people)))
    assert refused.value.members["opens"] == (START - timedelta(minutes=30)).isoformat()

    world.now += timedelta(minutes=1)
    await world.run(record_attendance, RecordAttendance(session.id, an_admin(), present(*people)))


@pytest.mark.rule("S-15")
async def test_who_is_not_on_the_roster_is_named_and_nothing_is_recorded():
    world = World()
    session, people = await a_class(world)
    stranger = uuid4()

    with pytest.raises(errors.NotOnRoster) as refused:
        await world.run(record_attendance, RecordAttendance(session.id, an_admin(), present(*people, stranger)))

    assert refused.value.members["person_ids"] == [str(stranger)]
    assert await world.told("attendance") == []
    assert (await world.session(session.id)).state == "scheduled"


@pytest.mark.parametrize(("status", "minutes"), [("partial", None), ("present", 30), ("partial", 361), ("partial", 0)])
async def test_minutes_belong_to_partial_attendance_within_the_session(status, minutes):
    world = World()
    session, people = await a_class(world)

    marks = [Marked(people[0], status, minutes)]
    with pytest.raises(errors.BadMark):
        await world.run(record_attendance, RecordAttendance(session.id, an_admin(), marks))


async def test_nobody_is_marked_twice_at_once():
    world = World()
    session, (a, *_) = await a_class(world)

    with pytest.raises(errors.BadMark):
        await world.run(record_attendance, RecordAttendance(session.id, an_admin(), present(a, a)))


async def test_the_sessions_facilitator_records_a_planner_and_a_trainee_do_not():
    world = World()
    session, people = await a_class(world)
    marks = present(*people)

    await world.run(record_attendance, RecordAttendance(session.id, a_trainee(session.facilitators[0]), marks))
    for actor in (a_planner(), a_trainee(people[0], campus=KARAIKAL)):
        with pytest.raises(errors.NotAllowed):
            await world.run(record_attendance, RecordAttendance(session.id, actor, marks))
    with pytest.raises(NotFound):
        await world.run(record_attendance, RecordAttendance(session.id, an_admin(KARAIKAL), marks))


async def test_a_held_session_is_not_cancelled_and_a_cancelled_one_not_held():
    world = World()
    session, people = await a_class(world)
    await world.run(record_attendance, RecordAttendance(session.id, an_admin(), present(people[0])))
    held = await world.session(session.id)

    with pytest.raises(errors.SessionHeld):
        await world.run(cancel_session, CancelSession(held.id, COORDINATOR, "x", held.version))

    elsewhere = World()
    other, others = await a_class(elsewhere)
    await elsewhere.run(cancel_session, CancelSession(other.id, COORDINATOR, "x", other.version))
    with pytest.raises(errors.SessionNotScheduled):
        await elsewhere.run(record_attendance, RecordAttendance(other.id, an_admin(), present(*others)))


@pytest.mark.rule("P-02", "P-03")
async def test_the_roster_names_people_to_those_who_hold_the_session_only():
    world = World()
    session, (person, *_) = await a_class(world, size=1)
    await world.hear(a_person(person_id=person, names={"en": "Meena", "ta": "மீனா"}))
    queries = world.service.queries
    operator = a_trainee(campus=KARAIKAL)
    operator = type(operator)(operator.person_id, operator.campuses, frozenset({"operator"}))

    for actor in (an_admin(), COORDINATOR, a_trainee(session.facilitators[0])):
        [row] = (await queries.list_roster(actor, session.id, limit=50, after=None)).items
        assert row.names["ta"] == "மீனா"
    [row] = (await queries.list_roster(operator, session.id, limit=50, after=None)).items
    assert (row.entry.person_id, row.names) == (person, {})
    with pytest.raises(errors.NotAllowed):
        await queries.list_roster(a_trainee(person), session.id, limit=50, after=None)
    with pytest.raises(NotFound):
        await queries.list_roster(an_admin(KARAIKAL), session.id, limit=50, after=None)


async def test_a_trainee_reads_the_own_mark_only():
    world = World()
    session, (a, b, _) = await a_class(world)
    await world.run(record_attendance, RecordAttendance(session.id, an_admin(), present(a, b)))
    queries = world.service.queries

    assert [m.person_id for m in (await queries.get_attendance(a_trainee(a), session.id)).marks] == [a]
    assert len((await queries.get_attendance(an_admin(), session.id)).marks) == 2


async def test_the_roster_comes_in_pages():
    world = World()
    session, people = await a_class(world, size=5)
    seen, after = [], None

    while True:
        page = await world.service.queries.list_roster(COORDINATOR, session.id, limit=2, after=after)
        seen += [row.entry.person_id for row in page.items]
        if (after := page.next) is None:
            break

    assert sorted(seen) == sorted(people)
