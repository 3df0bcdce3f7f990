"""A-01: every command is open to exactly the kinds of actors that the table names."""

from typing import Any
from uuid import uuid4

import pytest

from common.problem import NotFound
from scheduling.application.actors import ACTORS
from scheduling.application.commands_attendance import RecordAttendance, record_attendance
from scheduling.application.commands_people import RecordFacilitator, record_facilitator
from scheduling.application.commands_places import AddRoom, RecordCampus, add_room, record_campus
from scheduling.application.commands_sessions import (
    CancelSession,
    RescheduleSession,
    cancel_session,
    reschedule_session,
)
from scheduling.application.commands_timetable import (
    ProposeTimetable,
    ReleaseTimetable,
    propose_timetable,
    release_timetable,
)
from scheduling.domain.attendance import Marked
from scheduling.domain.errors import NotAllowed
from scheduling.domain.words import Actor
from tests.unit.scheduling.builders import MONDAY, PUDUCHERRY, a_campus, a_confirmation, local
from tests.unit.scheduling.world import World

KINDS = [
    "trainee",
    "supervisor",
    "nominator",
    "institution_nominator",
    "facilitator",
    "planner",
    "campus_admin",
    "institute_coordinator",
    "operator",
]


async def run(world: World, command: str, actor: Actor) -> Any:
    """The command on a fresh offering of Puducherry, as it would succeed for whoever may."""
    offering_id = await world.drafted()
    if command not in ("ProposeTimetable", "ReleaseTimetable"):
        await world.release(offering_id)
    view = await world.timetable(offering_id)
    [session] = view.sessions
    campus = a_campus()
    if command == "RecordCampus":
        fields = {name: getattr(campus, name) for name in ("id", "names", "zone", "languages", "working_week")}
        fields |= {name: getattr(campus, name) for name in ("quiet_from", "quiet_to", "region", "own_days")}
        return await world.run(record_campus, RecordCampus(actor=actor, gazetted=(), if_version=1, **fields))
    if command == "AddRoom":
        room = AddRoom(actor=actor, campus=PUDUCHERRY, label=str(uuid4()), capacity=1, features=frozenset())
        return await world.run(add_room, room)
    if command == "RecordFacilitator":
        person = RecordFacilitator(
            actor=actor, person_id=uuid4(), campus=PUDUCHERRY, courses=frozenset(), languages=frozenset()
        )
        return await world.run(record_facilitator, person)
    if command == "ProposeTimetable":
        return await world.run(propose_timetable, ProposeTimetable(offering_id, actor))
    if command == "ReleaseTimetable":
        return await world.run(release_timetable, ReleaseTimetable(offering_id, actor, view.version))
    if command == "CancelSession":
        return await world.run(cancel_session, CancelSession(session.id, actor, "ill", session.version))
    if command == "RescheduleSession":
        move = RescheduleSession(
            session_id=session.id,
            actor=actor,
            start=local(MONDAY, "10:00"),
            end=None,
            room_id=None,
            if_version=session.version,
        )
        return await world.run(reschedule_session, move)
    assert command == "RecordAttendance"
    await world.hear(a_confirmation(offering_id, trainee := uuid4()))
    world.now = session.when.start
    return await world.run(record_attendance, RecordAttendance(session.id, actor, [Marked(trainee, "present")]))


@pytest.mark.rule("A-01")
@pytest.mark.parametrize("command", ACTORS)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_command_is_open_to_those_whom_the_table_names(command: str, kind: str) -> None:
    actor = Actor(uuid4(), frozenset({PUDUCHERRY}), frozenset({kind}))
    may = kind in ACTORS[command]

    if may:
        assert await run(World(), command, actor)
    else:
        with pytest.raises((NotAllowed, NotFound)):
            await run(World(), command, actor)


@pytest.mark.rule("A-01", "P-03")
@pytest.mark.parametrize("command", sorted(ACTORS.keys() - {"RecordCampus"}))
@pytest.mark.parametrize("kind", ["planner", "campus_admin"])
async def test_on_another_campus_there_is_nothing_to_command(command: str, kind: str) -> None:
    stranger = Actor(uuid4(), frozenset({"karaikal"}), frozenset({kind}))

    with pytest.raises(NotFound):
        await run(World(), command, stranger)
