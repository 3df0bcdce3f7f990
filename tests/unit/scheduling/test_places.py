"""Campuses with their holidays, rooms and facilitators."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest

from common.problem import NotFound, Stale
from scheduling.adapters.holidays import gazetted
from scheduling.application.commands_people import RecordFacilitator, record_facilitator
from scheduling.application.commands_places import AddRoom, RecordCampus, add_room, record_campus
from scheduling.domain.calendar import Holiday
from scheduling.domain.campus import Region
from scheduling.domain.errors import NotAllowed, RoomLabelTaken, UnknownRegion
from scheduling.domain.words import CampusId
from tests.unit.scheduling.builders import (
    COORDINATOR,
    KARAIKAL,
    KOLKATA,
    PUDUCHERRY,
    a_campus,
    a_person,
    a_planner,
    a_trainee,
    an_admin,
)
from tests.unit.scheduling.world import World

PUDUCHERRY_REGION = Region("IN", "PY")
OPEN_DAY = Holiday(date(2026, 3, 20), "Founders' day", "half")


def a_record(**fields) -> RecordCampus:
    given = {
        "actor": COORDINATOR,
        "id": PUDUCHERRY,
        "names": {"en": "Puducherry", "ta": "புதுச்சேரி"},
        "zone": KOLKATA,
        "languages": ["en", "ta"],
        "working_week": [1, 2, 3, 4, 5, 6],
        "quiet_from": time(21),
        "quiet_to": time(7),
        "region": PUDUCHERRY_REGION,
        "own_days": [OPEN_DAY],
        "gazetted": gazetted(PUDUCHERRY_REGION, (2026, 2027)),
    }
    return RecordCampus(**(given | fields))


@pytest.mark.rule("S-08")
def test_puducherrys_own_holidays_are_gazetted_and_optional_ones_restricted():
    found = gazetted(PUDUCHERRY_REGION, [2026])

    closed = {holiday.day: holiday.name for holiday in found if holiday.kind == "closed"}
    assert len(closed) == 27
    assert closed[date(2026, 8, 16)] == "Puducherry De Jure Transfer Day"
    assert closed[date(2026, 11, 1)] == "Puducherry Liberation Day"
    assert {holiday.kind for holiday in found} == {"closed", "restricted"}


@pytest.mark.parametrize("region", [Region("IN", "XX"), Region("QQ", ""), Region("QQ", "PY")])
def test_a_region_nobody_knows_is_refused(region):
    with pytest.raises(UnknownRegion):
        gazetted(region, [2026])


async def test_a_campus_is_told_with_its_calendar():
    world = World()

    campus = await world.run(record_campus, a_record())

    [fact] = await world.told("campus.recorded")
    kinds = {(h["day"], h["kind"]) for h in fact["holidays"]}
    assert (fact["campus"], fact["revision"], fact["working_week"]) == ("puducherry", 1, [1, 2, 3, 4, 5, 6])
    assert {("2026-08-16", "closed"), ("2027-08-16", "closed"), ("2026-03-20", "half")} <= kinds
    assert (fact["quiet_from"], fact["quiet_to"]) == ("21:00:00", "07:00:00")
    assert campus.years == (2026, 2027)


async def test_saying_the_same_again_tells_nothing():
    world = World()
    await world.run(record_campus, a_record())

    again = await world.run(record_campus, a_record())

    assert again.version == 1
    assert len(await world.told("campus.recorded")) == 1


async def test_a_change_needs_the_version_that_was_seen():
    world = World()
    await world.run(record_campus, a_record())
    change = a_record(own_days=[])

    for version in (None, 7):
        with pytest.raises(Stale):
            await world.run(record_campus, replace(change, if_version=version))
    after = await world.run(record_campus, replace(change, if_version=1))

    assert (after.version, OPEN_DAY in after.holidays) == (2, False)


async def test_another_region_replaces_the_gazetted_days():
    world = World()
    await world.run(record_campus, a_record())
    kerala = Region("IN", "KL")

    days = gazetted(kerala, (2026, 2027))
    after = await world.run(record_campus, a_record(region=kerala, gazetted=days, if_version=1))

    assert date(2026, 8, 16) not in {h.day for h in after.holidays if h.kind == "closed"}


@pytest.mark.rule("A-01")
async def test_only_the_coordinator_records_campuses():
    with pytest.raises(NotAllowed):
        await World().run(record_campus, a_record(actor=an_admin()))


@pytest.mark.rule("S-08")
async def test_when_the_year_moves_on_the_next_one_becomes_known_once():
    world = World()
    await world.run(record_campus, a_record())
    await world.tick("extend-holidays")
    assert len(await world.told("campus.recorded")) == 1

    world.now = datetime(2027, 6, 1, tzinfo=UTC)
    await world.tick("extend-holidays")
    await world.tick("extend-holidays")

    _, fact = await world.told("campus.recorded")
    campus = await world.service.queries.get_campus("puducherry")
    assert campus.years == (2026, 2027, 2028)
    assert "2028-08-16" in {h["day"] for h in fact["holidays"]}
    assert OPEN_DAY in campus.holidays


def a_new_room(**fields) -> AddRoom:
    given = {"actor": a_planner(), "campus": PUDUCHERRY, "label": "Hall", "capacity": 40, "features": frozenset()}
    return AddRoom(**(given | fields))


async def test_two_rooms_of_a_campus_do_not_share_a_label():
    world = World()
    await world.put(campuses=[a_campus(), a_campus(KARAIKAL)])
    await world.run(add_room, a_new_room())

    with pytest.raises(RoomLabelTaken):
        await world.run(add_room, a_new_room())
    await world.run(add_room, a_new_room(campus=KARAIKAL, actor=a_planner(KARAIKAL)))


@pytest.mark.rule("P-03", "C1")
async def test_rooms_of_another_campus_are_neither_made_nor_seen():
    world = World()
    await world.put(campuses=[a_campus(), a_campus(KARAIKAL)])
    await world.run(add_room, a_new_room())
    queries, stranger = world.service.queries, a_planner(KARAIKAL)

    with pytest.raises(NotFound):
        await world.run(add_room, a_new_room(actor=stranger))
    with pytest.raises(NotFound):
        await queries.list_rooms(stranger, campus=PUDUCHERRY, limit=50, after=None)
    with pytest.raises(NotFound):
        await world.run(add_room, a_new_room(actor=COORDINATOR, campus=CampusId("atlantis")))
    assert (await queries.list_rooms(stranger, campus=None, limit=50, after=None)).items == []
    assert len((await queries.list_rooms(COORDINATOR, campus=None, limit=50, after=None)).items) == 1
    assert (await queries.list_rooms(a_trainee(), campus=None, limit=50, after=None)).items == []


def a_qualification(person_id, **fields) -> RecordFacilitator:
    given = {
        "actor": a_planner(),
        "person_id": person_id,
        "campus": PUDUCHERRY,
        "courses": frozenset({uuid4()}),
        "languages": frozenset({"en"}),
    }
    return RecordFacilitator(**(given | fields))


async def test_a_facilitator_gets_more_courses_and_is_listed_with_names():
    world, person, course = World(), a_person(), uuid4()
    await world.put(campuses=[a_campus()])
    await world.hear(person)

    await world.run(record_facilitator, a_qualification(person.person_id))
    await world.run(record_facilitator, a_qualification(person.person_id, courses=frozenset({course})))

    queries = world.service.queries
    [row] = (await queries.list_facilitators(a_planner(), campus=None, course=course, limit=50, after=None)).items
    assert (len(row.facilitator.courses), row.names) == (2, {"en": "Meena"})
    assert (
        await queries.list_facilitators(a_planner(), campus=PUDUCHERRY, course=uuid4(), limit=50, after=None)
    ).items == []


@pytest.mark.rule("P-03")
async def test_people_of_another_campus_are_not_made_facilitators_by_ones_own():
    world, person = World(), a_person(campus=KARAIKAL)
    await world.put(campuses=[a_campus(), a_campus(KARAIKAL)])
    await world.hear(person)

    with pytest.raises(NotFound):
        await world.run(record_facilitator, a_qualification(person.person_id))
    theirs = a_qualification(uuid4(), actor=COORDINATOR, campus=KARAIKAL)
    await world.run(record_facilitator, theirs)
    with pytest.raises(NotFound):
        await world.run(record_facilitator, a_qualification(theirs.person_id))
