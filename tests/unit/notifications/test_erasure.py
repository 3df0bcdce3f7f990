"""P-01: after an erasure nothing is sent to somebody, whatever waits, and no late word of them brings them back."""

from uuid import uuid4

import pytest

from notifications.application import incoming as f
from notifications.application.ports import NotTaken

from . import facts
from .attempts import Confirmed
from .facts import Place, a_person, a_session
from .world import World


def erased(person: f.PersonRecorded) -> f.PersonErased:
    return f.PersonErased(person_id=person.person_id)


def said(world: World) -> tuple[list[object], list[object]]:
    return list(world.mailbox.taken), list(world.phones.taken)


@pytest.mark.rule("P-01", "M-02")
@pytest.mark.parametrize("by", ["fact", "tombstone"])
async def test_what_waits_for_somebody_erased_is_dropped(by: str) -> None:
    """A mail that is to be tried again as well as one that nobody looked at yet."""
    case = Confirmed()
    world = await case.begin()
    world.mailbox.next, world.phones.next = [NotTaken("down")], [NotTaken("down")]
    await world.send()
    await world.told(case.place.told(f.EnrolmentOffered))

    await (world.told(erased(case.person)) if by == "fact" else world.gone(case.person))
    await world.later(facts.HOUR)

    assert said(world) == ([], [])
    for purpose in ("confirmed", "offered"):
        assert (await world.notice(purpose)).state == "dropped"
        assert {d.reason for d in (await world.notice(purpose)).deliveries} <= {"person-erased", "superseded"}
    assert {d.reason for d in (await world.notice("offered")).deliveries} == {"person-erased"}
    assert str(case.person.person_id) not in world.database.collections["people"]


@pytest.mark.rule("P-01")
@pytest.mark.parametrize("first", ["fact", "tombstone"])
async def test_no_late_state_and_no_late_fact_wakes_them(first: str) -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering, sessions=[a_session()])
    late = [world.record(person) for _ in range(3)]

    await (world.told(erased(person)) if first == "fact" else world.gone(person))
    for record in late:
        await world.took(record)
    await (world.gone(person) if first == "fact" else world.told(erased(person)))
    await world.took(world.record(person))
    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed))
    await world.later(facts.HOUR)

    assert said(world) == ([], [])
    assert world.database.collections["people"] == {}
    assert (await world.notice("confirmed")).reason == "person-erased"


@pytest.mark.rule("P-01")
async def test_that_somebody_was_erased_is_told_to_nobody() -> None:
    world, offering, person, nominator = World(), uuid4(), a_person(), a_person()
    place = Place(offering, person.person_id)
    await world.prepared(person, nominator, offering=offering, sessions=[a_session()])

    await world.told(
        place.told(f.EnrolmentWithdrawn, because="erased", nominators=[nominator.person_id]), erased(person)
    )
    await world.send()

    assert said(world) == ([], [])
    assert await world.ledger() == []


@pytest.mark.rule("P-01")
async def test_what_was_to_be_said_about_them_to_others_is_dropped_too() -> None:
    world, offering, person, approver = World(), uuid4(), a_person(), a_person()
    await world.prepared(person, approver, offering=offering, sessions=[a_session()])

    await world.told(Place(offering, person.person_id).told(f.EnrolmentRequested, approvers=[approver.person_id]))
    await world.told(erased(person))
    await world.send()

    assert said(world) == ([], [])
    assert (await world.notice("approval_asked")).reason == "person-erased"


async def test_somebody_who_is_merely_not_known_yet_is_waited_for() -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(offering=offering, sessions=[a_session()])
    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed))
    await world.send()
    assert (await world.notice("confirmed")).reason == "waiting-for-person"

    await world.told(person)
    await world.send()

    assert len(world.mailbox.taken) == 1


@pytest.mark.rule("P-01")
async def test_copies_of_courses_and_campuses_vanish_too() -> None:
    world = World()
    course, campus = facts.a_course(), facts.a_campus()
    await world.told(course, campus)

    await world.gone(course)
    await world.gone(campus)

    assert (world.database.collections["courses"], world.database.collections["campuses"]) == ({}, {})
