"""The same facts in every order that topics allow: the same copies, the same notices, the same calendars."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.envelope import Record
from common.event import IncomingEvent
from notifications.application import incoming as f
from notifications.domain.copies import SEATED
from notifications.worker.subscriptions import COPIES
from tests.support.orders import orders

from .calendars import Held, calendars, quiet
from .facts import (
    HOUR,
    MONDAY,
    Place,
    a_campus,
    a_cancelled_session,
    a_course,
    a_draft,
    a_move,
    a_person,
    a_release,
    a_session,
)
from .world import World, _key

OFFERING = UUID(int=1)
STAYS, LEAVES, COMES, TEACHES = (UUID(int=n) for n in range(11, 15))
FIRST, SECOND, THIRD = (UUID(int=n) for n in range(21, 24))


def story() -> list[IncomingEvent]:
    """Three places, three sessions, of which one moves a little, one moves far and one is cancelled."""
    people = [a_person(person_id=id, phone=None) for id in (STAYS, LEAVES, COMES, TEACHES)]
    sessions = [
        a_session(part, MONDAY + part * 24 * HOUR, session_id=id, facilitators=[TEACHES])
        for part, id in enumerate((FIRST, SECOND, THIRD))
    ]
    stays, leaves, comes = (Place(OFFERING, person) for person in (STAYS, LEAVES, COMES))
    for number, place in enumerate((stays, leaves, comes)):
        place.id = UUID(int=31 + number)
    far = MONDAY + 10 * 24 * HOUR
    return [
        a_campus(),
        a_course(),
        *people,
        people[0].model_copy(update={"languages": ["ta"]}),
        a_draft(OFFERING),
        a_release(OFFERING, *sessions),
        *(place.told(f.EnrolmentConfirmed, schedule_revision=1) for place in (stays, leaves)),
        comes.told(f.EnrolmentWaitlisted),
        a_move(OFFERING, sessions[0], MONDAY + HOUR, material=False, revision=2),
        a_move(OFFERING, sessions[1], far, revision=2, schedule_revision=3),
        *(
            place.told(f.ReconfirmationAsked, session_id=SECOND, session_revision=2, schedule_revision=3)
            for place in (stays, leaves)
        ),
        stays.told(f.EnrolmentReconfirmed),
        leaves.told(f.EnrolmentWithdrawn),
        comes.told(f.EnrolmentOffered),
        comes.told(f.EnrolmentConfirmed, schedule_revision=3),
        a_cancelled_session(OFFERING, sessions[2], revision=2, schedule_revision=4),
        f.CertificateIssued(
            certificate_id=UUID(int=41), code="X", person_id=STAYS, course_id=a_course().course_id,
            offering_id=OFFERING, issued_at=MONDAY,
        ),
    ]  # fmt: skip


STORY = story()
RECORDS: dict[str, list[Record]] = defaultdict(list)
_numbering = World()
for _event in STORY:
    RECORDS[f"{_event.topic}/{_key(_event)}"].append(_numbering.record(_event))


def copies(world: World) -> dict[str, Any]:
    return {name: {id: without_version(row) for id, row in world.database.collections[name].items()} for name in COPIES}


def without_version(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "version"}


def ledger(world: World) -> dict[str, tuple[Any, ...]]:
    said = ("person_id", "purpose", "revision", "state", "reason")
    return {id: tuple(row[name] for name in said) for id, row in world.database.collections["notices"].items()}


async def told(order: Sequence[Record]) -> World:
    world = World()
    for record in order:
        await world.took(record)
    return world


HELD = {Held(FIRST, MONDAY + HOUR), Held(SECOND, MONDAY + 10 * 24 * HOUR)}
TRUE = {STAYS: HELD, COMES: HELD, TEACHES: HELD}


@pytest.mark.rule("N2", "I1")
@settings(max_examples=25, deadline=None)
@given(order=orders(RECORDS))
async def test_what_is_said_after_all_has_come_is_the_same_in_every_order(order: list[Record]) -> None:
    expected, world = await told([record for of in RECORDS.values() for record in of]), await told(order)
    await quiet(expected)
    await quiet(world)

    assert copies(world) == copies(expected)
    assert ledger(world) == ledger(expected)
    assert calendars(world) == calendars(expected) == TRUE


@pytest.mark.rule("N2")
@settings(max_examples=25, deadline=None)
@given(order=orders(RECORDS), pauses=st.sets(st.integers(0, 30)))
async def test_calendars_end_at_the_truth_whatever_was_sent_on_the_way(order: list[Record], pauses: set[int]) -> None:
    world = World()
    for number, record in enumerate(order):
        world.now += timedelta(seconds=1)
        await world.took(record)
        if number in pauses:
            await world.send()
    await quiet(world)

    assert {person: held for person, held in calendars(world).items() if held} == TRUE
    assert {row["state"] for row in world.database.collections["enrolments"].values()} & SEATED == {"confirmed"}
