"""P-01: what goes, what moves on, what stays, and that nobody is brought back."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from common.memory import MemoryDatabase
from enrolment.application.commands_erasure import CHUNK, ErasePerson, erase_person
from enrolment.application.commands_nominations import RequestEnrolment, request_enrolment
from enrolment.domain.certificate import Certificate, code_of
from enrolment.domain.erasure import LOOK_AGAIN, Erasure
from enrolment.domain.errors import NoPerson, NotYourRole
from tests.unit.enrolment.builders import COORDINATOR, PDY, acting, an_admin, an_enrolment
from tests.unit.enrolment.client import Client, slug
from tests.unit.enrolment.test_imports import a_file, a_row, imported
from tests.unit.enrolment.world import World


async def erased(world: World, person, by=COORDINATOR) -> Erasure:
    return await world.run(erase_person, ErasePerson(person.id, by, "requested"))


def everything(world: World) -> str:
    """All that is stored, as text."""
    assert isinstance(world.database, MemoryDatabase)
    return json.dumps({name: list(rows.values()) for name, rows in world.database.collections.items()}, default=str)


@pytest.mark.rule("P-01")
async def test_erasing_tells_the_fact_and_the_tombstone_and_leaves_no_word_of_the_person() -> None:
    world = World()
    client = Client(world)
    row = a_row(7, name_latin="Canary Kutty", email="canary@staff.example", phone="+91 94431 77777")
    [result] = await imported(world, client, a_file(row))
    await world.relay.idle()
    [state] = [e for e in world.broker.log if e.topic == "people"]
    words = ("Canary Kutty", "canary@staff.example", "+919443177777", "PDY00007")
    assert all(word in everything(world) for word in words)

    answer = await client.post(f"/people/{result['id']}/erase", {"reason": "requested"})

    assert (answer.status_code, answer.json()["id"]) == (200, result["id"])
    await world.relay.idle()
    assert [word for word in words if word in everything(world)] == []
    told = [e for e in world.broker.log if e.key == result["id"] and e is not state]
    assert sorted((e.topic, e.sequence, e.is_tombstone) for e in told) == [
        ("enrolment-events", 1, False),
        ("people", 2, True),
    ]
    assert await world.told("person.erased") == [{"person_id": result["id"], "reason": "requested"}]
    assert slug(await client.get(f"/people/{result['id']}")) == (404, "not-found")


@pytest.mark.rule("P-01", "E-03", "S1")
async def test_what_they_held_is_released_and_moves_on() -> None:
    world = World()
    offering = await world.an_offering(shares={PDY: 1}, promotion="confirm")
    leaving, waiting = await world.people(2)
    held, queued = await world.ask(offering, leaving), await world.ask(offering, waiting)
    assert (held.state, queued.state) == ("confirmed", "waitlisted")

    await erased(world, leaving)

    assert ((await world.enrolment(held.id)).state, (await world.enrolment(queued.id)).state) == (
        "withdrawn",
        "confirmed",
    )
    [told] = await world.told("enrolment.withdrawn")
    assert (told["because"], told["held_seat"], told["person_id"]) == ("erased", True, str(leaving.id))
    share = (await world.offering(offering.id)).shares[PDY]
    assert (share.held, share.waiting) == (1, 0)


@pytest.mark.rule("P-01")
async def test_statutory_records_stay_under_the_id() -> None:
    world = World()
    offering, person = await world.an_offering(), await world.person()
    past = an_enrolment(offering, person, state="certified")
    await world.put(enrolments=[past])

    await erased(world, person)

    assert await world.enrolment(past.id) == replace(past, version=1)


@pytest.mark.rule("P-01", "I2")
async def test_erasing_again_changes_nothing() -> None:
    world = World()
    person, client = await world.person(), Client(world)
    first = await client.post(f"/people/{person.id}/erase", {"reason": "requested"})
    types = await world.types()

    again = await client.post(f"/people/{person.id}/erase", {"reason": "retention-ended"})

    assert (again.status_code, again.json()) == (200, first.json())
    assert await world.types() == types
    assert slug(await client.post(f"/people/{uuid4()}/erase", {"reason": "requested"})) == (404, "not-found")


@pytest.mark.rule("P-01", "N-09")
async def test_a_dry_run_erases_nobody() -> None:
    world = World()
    person = await world.person()

    answer = await Client(world).post(f"/people/{person.id}/erase", {"reason": "requested"}, dry_run=True)

    assert answer.status_code == 200
    assert await world.types() == []
    assert str(person.id) in world.stored("people")


@pytest.mark.rule("P-01", "A-01")
async def test_only_an_institute_coordinator_erases() -> None:
    world = World()
    person = await world.person()

    for actor in (an_admin(), acting(person)):
        with pytest.raises(NotYourRole):
            await erased(world, person, by=actor)
    assert slug(await Client(world).post(f"/people/{person.id}/erase", {"reason": "they asked nicely"})) == (
        422,
        "invalid-request",
    )


@pytest.mark.rule("P-01", "N-02")
@pytest.mark.parametrize(
    ("again", "outcome"),
    [
        ({"employee_id": "pdy 00007", "email": "other@staff.example"}, "erased-person"),
        ({"employee_id": "PDY00099", "email": "Canary@Staff.Example"}, "erased-person"),
        ({"employee_id": "PDY00099", "email": "other@staff.example"}, None),
        ({"employee_id": "PDY00099", "email": ""}, None),
    ],
)
async def test_an_import_does_not_bring_them_back(again: dict[str, str], outcome: str | None) -> None:
    """By employee id or e-mail; a phone is shared and identifies nobody."""
    world = World()
    client = Client(world)
    [result] = await imported(world, client, a_file(a_row(7, email="canary@staff.example", phone="9443177777")))
    await client.post(f"/people/{result['id']}/erase", {"reason": "requested"})
    await world.forget_what_was_told()

    [row] = await imported(world, client, a_file(a_row(7, **again, phone="9443177777")))

    assert row["problem"] == outcome
    assert row["id"] != result["id"]
    assert len(await world.told("person.recorded")) == (0 if outcome else 1)


@pytest.mark.rule("P-01", "N-03")
async def test_people_whose_superior_was_erased_are_imported_without_one() -> None:
    world = World()
    client = Client(world)
    [chief, _] = await imported(world, client, a_file(a_row(7), a_row(8, supervisor="PDY00007")))
    await client.post(f"/people/{chief['id']}/erase", {"reason": "requested"})
    await world.forget_what_was_told()

    refused, accepted = await imported(world, client, a_file(a_row(7), a_row(8, supervisor="PDY00007")))
    [alone] = await imported(world, client, a_file(a_row(9, supervisor="PDY00007")))

    assert (refused["problem"], accepted["outcome"], alone["outcome"]) == ("erased-person", "accepted", "accepted")
    assert [told["supervisor_id"] for told in await world.told("person.recorded")] == [None, None]
    assert "PDY00007" not in everything(world)


@pytest.mark.rule("P-01")
async def test_who_is_erased_asks_for_nothing_more() -> None:
    world = World()
    offering, person = await world.an_offering(), await world.person()
    await erased(world, person)

    with pytest.raises(NoPerson):
        await world.run(request_enrolment, RequestEnrolment(offering.id, acting(person)))


@pytest.mark.rule("P-01", "S1")
async def test_many_places_are_released_in_chunks_and_so_is_one_that_a_request_took_meanwhile() -> None:
    """The request read the person before the erasure committed, and saved no document that the erasure did."""
    world = World()
    person = await world.person()
    offerings = [await world.an_offering() for _ in range(CHUNK + 3)]
    for offering in offerings[:-1]:
        await world.ask(offering, person)
    await erased(world, person)
    assert len(await world.told("enrolment.withdrawn")) == CHUNK
    await world.tick("erasures")
    assert len(await world.told("enrolment.withdrawn")) == CHUNK + 2
    await world.put(people=[person])
    await world.ask(offerings[-1], person)
    world.stored("people").pop(str(person.id))

    world.at(world.now + LOOK_AGAIN)
    await world.tick("erasures")

    active = await world.do(lambda tx: tx.enrolments.where(person_id=person.id, active=True))
    assert active == []
    assert len(await world.told("enrolment.withdrawn")) == len(offerings)
    assert not world.stored("erasures")[str(person.id)]["open"]
    world.at(world.now + timedelta(days=1))
    assert await world.service.due.erasures_to_settle(world.now) == []


@pytest.mark.rule("P-01", "C-02")
async def test_the_certificate_of_an_erased_holder_verifies_without_a_name() -> None:
    world = World()
    offering, person = await world.an_offering(), await world.person()
    id = uuid4()
    kept = Certificate(
        id=id, code=code_of(id), person_id=person.id, course_id=offering.course_id, offering_id=offering.id,
        enrolment_id=uuid4(), campus=PDY, owner_campus=PDY, issued_at=world.now,
    )  # fmt: skip
    await world.put(certificates=[kept])
    await erased(world, person)

    answer = await Client(world).get("/certificates/verify", code=kept.code)

    assert (answer.status_code, answer.json()["valid"], answer.json()["names"]) == (200, True, {})


@pytest.mark.rule("P-01")
async def test_the_nightly_repair_tells_people_courses_and_tombstones() -> None:
    world = World()
    client = Client(world)
    rows = await imported(world, client, a_file(a_row(1), a_row(2)))
    await client.post(f"/people/{rows[0]['id']}/erase", {"reason": "requested"})
    await world.forget_what_was_told()

    assert await world.service.states.repair() == 2

    await world.relay.idle()
    assert sorted((e.key, e.sequence, e.is_tombstone) for e in world.broker.log) == sorted(
        [(rows[0]["id"], 3, True), (rows[1]["id"], 2, False)]
    )
