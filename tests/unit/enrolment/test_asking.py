"""Who may ask for a place and who may give it up: once per course, in the window, before the cut-off."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from enrolment.application.commands_nominations import RequestEnrolment, request_enrolment
from enrolment.domain.errors import (
    AlreadyActive,
    AlreadyInCourse,
    CutoffPassed,
    MandatoryNominee,
    NoShare,
    OfferingNotOpen,
    ReasonMissing,
    WindowClosed,
)
from tests.unit.enrolment.builders import (
    KKL,
    NOW,
    PDY,
    acting,
    an_admin,
)
from tests.unit.enrolment.world import World


@pytest.mark.rule("E-17")
async def test_one_active_enrolment_per_person_and_course():
    world = World()
    first = await world.an_offering(shares={PDY: 1})
    second = await world.an_offering(shares={PDY: 1}, course_id=first.course_id)
    person = await world.person()
    await world.asked(first, 1)
    waiting = await world.ask(first, person)

    with pytest.raises(AlreadyActive):
        await world.ask(first, person)
    with pytest.raises(AlreadyInCourse):
        await world.ask(second, person)

    await world.withdraw(waiting, person)
    assert (await world.ask(second, person)).state == "confirmed"


@pytest.mark.rule("E-17")
async def test_two_offerings_of_a_course_asked_at_once_make_one_enrolment():
    world = World()
    first = await world.an_offering(shares={PDY: 5})
    second = await world.an_offering(shares={PDY: 5}, course_id=first.course_id)
    person = await world.person()

    answers = await asyncio.gather(world.ask(first, person), world.ask(second, person), return_exceptions=True)

    assert sorted(type(a).__name__ for a in answers) == ["AlreadyInCourse", "Enrolment"]


@pytest.mark.rule("N-07")
async def test_after_the_cut_off_only_an_admin_withdraws_and_says_why():
    world = World()
    offering = await world.an_offering()
    person = await world.person()
    enrolment = await world.ask(offering, person)
    world.at(offering.cutoff + timedelta(milliseconds=1))

    with pytest.raises(CutoffPassed):
        await world.withdraw(enrolment, person)
    with pytest.raises(ReasonMissing):
        await world.withdraw(enrolment, person, actor=an_admin())
    after = await world.withdraw(enrolment, person, actor=an_admin(), reason="in hospital")

    assert after.state == "withdrawn"
    assert [step.reason for step in after.history][-1] == "in hospital"
    assert "in hospital" not in str(await world.told())


@pytest.mark.rule("N-08")
async def test_a_mandatory_nominee_cannot_withdraw_but_be_released():
    world = World()
    offering = await world.an_offering()
    person = await world.person()
    enrolment = await world.ask(offering, person)
    await world.put(enrolments=[replace(await world.enrolment(enrolment.id), mandatory=True)])

    with pytest.raises(MandatoryNominee):
        await world.withdraw(enrolment, person)
    released = await world.withdraw(enrolment, person, actor=an_admin(), reason="asked for release")

    assert released.state == "withdrawn"


@pytest.mark.parametrize(
    ("moment", "problem"),
    [
        (NOW - timedelta(days=3), WindowClosed),
        (NOW + timedelta(days=10, milliseconds=1), WindowClosed),
    ],
)
@pytest.mark.rule("N-07")
async def test_outside_the_window_nobody_asks(moment, problem):
    world = World()
    offering = await world.an_offering()

    with pytest.raises(problem):
        await world.at(moment).asked(offering, 1)

    assert await world.enrolments(offering) == []


@pytest.mark.parametrize("state", ["draft", "running", "completed"])
async def test_only_an_open_offering_takes_requests(state):
    world = World()
    offering = await world.an_offering(state=state)

    with pytest.raises(OfferingNotOpen):
        await world.asked(offering, 1)


async def test_the_owner_without_a_share_has_no_seats():
    world = World()
    offering = await world.an_offering(shares={KKL: 1})

    with pytest.raises(NoShare):
        await world.asked(offering, 1, PDY)


async def test_a_dry_run_answers_and_leaves_nothing():
    world = World()
    offering = await world.an_offering()
    person = await world.person()

    would = await world.run(request_enrolment, RequestEnrolment(offering.id, acting(person)), dry_run=True)

    assert would.state == "confirmed"
    assert await world.enrolments(offering) == []
    assert await world.types() == []
