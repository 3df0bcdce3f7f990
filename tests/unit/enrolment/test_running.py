"""From release to certificate: the start, material changes, attendance, and what follows for everybody in it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from enrolment.application import incoming
from enrolment.application.commands_offerings import CancelOffering, cancel_offering
from enrolment.application.commands_reconfirmation import (
    DeclineReconfirmation,
    Reconfirm,
    decline_reconfirmation,
    reconfirm,
)
from enrolment.application.commands_withdrawals import WithdrawEnrolment, withdraw_enrolment
from enrolment.domain.errors import (
    MandatoryNominee,
    OfferingState,
    ReconfirmationDeadlinePassed,
    ReconfirmationSuperseded,
)
from tests.unit.enrolment.builders import COORDINATOR, NOW, PDY, acting, an_admin, attended, mark, released
from tests.unit.enrolment.world import World

START = NOW + timedelta(days=20)


def moved(offering_id, session_id, start, *, revision=2, material=True) -> incoming.SessionRescheduled:
    return incoming.SessionRescheduled(
        offering_id=offering_id,
        schedule_revision=revision,
        session_id=session_id,
        revision=revision,
        after=incoming.When(start=start, end=start + timedelta(hours=6), zone="Asia/Kolkata"),
        material=material,
    )


async def a_run(world: World, seats: int = 3, sessions: int = 2, **fields):
    """Released, with everybody seated: offering, people, session ids."""
    offering = await world.an_offering(shares={PDY: seats}, **fields)
    ids = [uuid4() for _ in range(sessions)]
    await world.hear(released(offering.id, *(START + timedelta(days=n) for n in range(sessions)), ids=ids))
    people = await world.people(seats)
    for person in people:
        await world.ask(offering, person)
    await world.forget_what_was_told()
    return offering, people, ids


async def states(world: World, offering) -> list[str]:
    return [e.state for e in sorted(await world.enrolments(offering), key=lambda e: e.queue_no)]


async def mine(world: World, offering, person):
    return next(e for e in await world.enrolments(offering) if e.person_id == person.id)


async def test_the_start_is_that_of_the_first_session_that_takes_place():
    world = World()
    offering, _, [first, second] = await a_run(world)

    assert (await world.offering(offering.id)).starts == START
    await world.hear(moved(offering.id, first, START + timedelta(days=3), material=False))
    assert (await world.offering(offering.id)).starts == START + timedelta(days=1)
    await world.hear(
        incoming.SessionCancelled(offering_id=offering.id, schedule_revision=3, session_id=second, revision=3)
    )
    assert (await world.offering(offering.id)).starts == START + timedelta(days=3)


@pytest.mark.rule("E-13")
async def test_at_the_start_who_has_no_seat_lapses_with_one_fact_each():
    world = World()
    offering, _, _ = await a_run(world, seats=2)
    waiting = await world.asked(offering, 130)
    await world.forget_what_was_told()

    await world.at(START - timedelta(milliseconds=1)).tick("starts")
    assert (await world.offering(offering.id)).state == "open"
    await world.at(START).tick("starts", "follow-ups", "starts")

    after = await world.offering(offering.id)
    assert (after.state, after.follow_ups) == ("running", ())
    assert (after.shares[PDY].held, after.shares[PDY].waiting) == (2, 0)
    assert sorted(set(await states(world, offering))) == ["confirmed", "lapsed"]
    told = await world.told("lapsed")
    assert {fact["enrolment_id"] for fact in told} == {str(e.id) for e in waiting}
    assert (len(told), {fact["because"] for fact in told}) == (130, {"started"})


async def test_a_window_closes_by_itself():
    world = World()
    offering = await world.an_offering()

    await world.at(offering.window_closes).tick("windows")
    assert (await world.offering(offering.id)).state == "open"
    await world.at(offering.window_closes + timedelta(milliseconds=1)).tick("windows")

    assert (await world.offering(offering.id)).state == "closed"


@pytest.mark.rule("S-09")
async def test_a_material_change_asks_everybody_with_a_seat_once():
    world = World()
    offering, people, [first, _] = await a_run(world)

    change = moved(offering.id, first, START + timedelta(days=1))
    await world.hear(change)
    await world.tick("follow-ups")

    assert await states(world, offering) == ["reconfirm_pending"] * 3
    asked = await world.told("reconfirmation-asked")
    assert {fact["person_id"] for fact in asked} == {str(person.id) for person in people}
    assert len(asked) == 3
    assert {fact["deadline"] for fact in asked} == {"2026-03-04T06:30:00Z"}
    assert {(fact["session_id"], fact["session_revision"], fact["schedule_revision"]) for fact in asked} == {
        (str(first), 2, 2)
    }


@pytest.mark.rule("S-09")
async def test_a_minor_change_asks_nobody():
    world = World()
    offering, _, [first, _] = await a_run(world)

    await world.hear(moved(offering.id, first, START + timedelta(minutes=30), material=False))

    assert await states(world, offering) == ["confirmed"] * 3
    assert await world.types() == []


async def test_a_large_offering_is_asked_in_chunks():
    world = World()
    offering = await world.an_offering(shares={PDY: 250})
    first = uuid4()
    await world.hear(released(offering.id, START, ids=[first]))
    await world.asked(offering, 250)

    await world.hear(moved(offering.id, first, START + timedelta(days=1)))
    half = await states(world, offering)
    newcomer = (await world.asked(await _with_seats(world, offering, 251), 1))[0]
    await world.tick("follow-ups")

    assert half.count("reconfirm_pending") == 100
    assert (await states(world, offering)).count("reconfirm_pending") == 250
    assert (await world.enrolment(newcomer.id)).state == "confirmed", "who came later knows the new timetable"
    assert len({fact["person_id"] for fact in await world.told("reconfirmation-asked")}) == 250
    assert len(await world.told("reconfirmation-asked")) == 250
    assert (await world.offering(offering.id)).follow_ups == ()


async def _with_seats(world: World, offering, seats):
    from dataclasses import replace

    from enrolment.domain.seats import change_capacity

    now = await world.offering(offering.id)
    await world.put(offerings=[replace(change_capacity(now, {PDY: seats}, overbook=False))])
    return await world.offering(offering.id)


async def test_who_comes_keeps_the_seat_and_who_does_not_frees_it():
    world = World()
    offering, [anna, bala, _], [first, _] = await a_run(world)
    [waiting] = await world.asked(offering, 1)
    await world.hear(moved(offering.id, first, START + timedelta(days=1)))
    a, b = await mine(world, offering, anna), await mine(world, offering, bala)

    kept = await world.run(reconfirm, Reconfirm(a.id, acting(anna), 2))
    gone = await world.run(decline_reconfirmation, DeclineReconfirmation(b.id, acting(bala), 2))

    assert (kept.state, kept.schedule_revision, gone.state) == ("confirmed", 2, "withdrawn")
    assert [told["because"] for told in await world.told("withdrawn")] == ["reconfirmation-declined"]
    assert [told["schedule_revision"] for told in await world.told("reconfirmed")] == [2]
    assert (await world.enrolment(waiting.id)).state == "offered"


async def test_a_second_change_replaces_the_question():
    world = World()
    offering, [anna, *_], [first, _] = await a_run(world)
    await world.hear(moved(offering.id, first, START + timedelta(days=1), revision=2))
    await world.hear(moved(offering.id, first, START + timedelta(days=2), revision=3))
    enrolment = await mine(world, offering, anna)

    with pytest.raises(ReconfirmationSuperseded):
        await world.run(reconfirm, Reconfirm(enrolment.id, acting(anna), 2))
    assert (await world.run(reconfirm, Reconfirm(enrolment.id, acting(anna), 3))).schedule_revision == 3


@pytest.mark.parametrize(("policy", "state"), [("keep", "confirmed"), ("lapse", "lapsed")])
async def test_silence_keeps_or_loses_the_seat_by_policy(policy, state):
    world = World()
    offering, [anna, *_], [first, _] = await a_run(world, reconfirm_silence=policy)
    await world.hear(moved(offering.id, first, START + timedelta(days=1)))
    deadline = NOW + timedelta(hours=48)
    enrolment = await mine(world, offering, anna)

    await world.at(deadline).tick("reconfirmations")
    assert await states(world, offering) == ["reconfirm_pending"] * 3
    world.at(deadline + timedelta(milliseconds=1))
    with pytest.raises(ReconfirmationDeadlinePassed):
        await world.run(reconfirm, Reconfirm(enrolment.id, acting(anna)))
    await world.tick("reconfirmations")

    assert await states(world, offering) == [state] * 3
    held = (await world.offering(offering.id)).shares[PDY].held
    assert held == (3 if policy == "keep" else 0)
    said = {(told["enrolment_id"], told["schedule_revision"]) for told in await world.told("reconfirmed")}
    kept = {(str(e.id), 2) for e in await world.enrolments(offering)} if policy == "keep" else set()
    assert said == kept, "whom the question did not reach hears of the new time from this"


@pytest.mark.rule("N-08")
async def test_a_mandatory_nominee_cannot_decline_and_is_kept_when_silent():
    from dataclasses import replace

    world = World()
    offering, [anna], [first, _] = await a_run(world, seats=1, reconfirm_silence="lapse")
    await world.put(enrolments=[replace(await mine(world, offering, anna), mandatory=True)])
    await world.hear(moved(offering.id, first, START + timedelta(days=1)))
    enrolment = await mine(world, offering, anna)

    with pytest.raises(MandatoryNominee):
        await world.run(decline_reconfirmation, DeclineReconfirmation(enrolment.id, acting(anna)))
    await world.at(NOW + timedelta(days=3)).tick("reconfirmations")

    assert await states(world, offering) == ["confirmed"]


@pytest.mark.rule("C-01", "C-02")
async def test_attendance_of_the_last_session_decides_for_everybody():
    world = World()
    offering, [anna, bala, chitra], [first, second] = await a_run(world)
    world.at(START + timedelta(days=2))
    await world.tick()
    await world.hear(
        attended(offering.id, first, **mark(anna, "present"), **mark(bala, "late"), **mark(chitra, "absent"))
    )
    assert await states(world, offering) == ["confirmed"] * 3

    await world.hear(attended(offering.id, second, **mark(anna, "present"), **mark(bala, "excused")))

    assert await states(world, offering) == ["certified", "certified", "not_completed"]
    assert (await world.offering(offering.id)).state == "completed"
    issued = await world.told("certificate.issued")
    assert {fact["person_id"] for fact in issued} == {str(anna.id), str(bala.id)}
    assert len({fact["code"] for fact in issued}) == 2
    shown = await world.service.queries.verify_certificate(issued[0]["code"].lower().replace("-", " "))
    assert (shown.valid, shown.names, shown.code) == (True, {"latin": "Meena K"}, issued[0]["code"])
    assert len(await world.told("enrolment.not-completed")) == 1


@pytest.mark.rule("C-01")
async def test_attendance_that_overtakes_the_timetable_is_kept_and_counted():
    world = World()
    offering = await world.an_offering(shares={PDY: 1})
    person, session = await world.person(), uuid4()
    await world.ask(offering, person)

    await world.hear(attended(offering.id, session, **mark(person, "present")))
    assert await states(world, offering) == ["confirmed"]
    await world.hear(released(offering.id, START, ids=[session]))

    assert await states(world, offering) == ["certified"]


@pytest.mark.rule("C-01")
async def test_a_cancelled_session_may_be_the_last_thing_that_was_missing():
    world = World()
    offering, [anna], [first, second] = await a_run(world, seats=1)
    await world.hear(attended(offering.id, first, **mark(anna, "present")))

    await world.hear(
        incoming.SessionCancelled(offering_id=offering.id, schedule_revision=2, session_id=second, revision=2)
    )

    assert await states(world, offering) == ["certified"]


async def test_a_large_offering_ends_in_chunks():
    world = World()
    offering = await world.an_offering(shares={PDY: 230}, course={"certificate": False})
    session = uuid4()
    await world.hear(released(offering.id, START, ids=[session]))
    people = await world.people(230)
    for person in people:
        await world.ask(offering, person)
    marks = {name: status for person in people for name, status in mark(person, "present").items()}

    await world.hear(attended(offering.id, session, **marks))
    some = (await states(world, offering)).count("completed")
    await world.tick("follow-ups")

    assert some == 100
    assert await states(world, offering) == ["completed"] * 230
    assert (await world.offering(offering.id)).state == "completed"
    assert len(await world.told("enrolment.completed")) == 230


@pytest.mark.rule("S-10")
async def test_cancelling_ends_every_place_and_says_so_once():
    world = World()
    offering, _, _ = await a_run(world, seats=2)
    waiting = await world.asked(offering, 120)
    await world.forget_what_was_told()
    now = await world.offering(offering.id)
    cancel = CancelOffering(offering.id, an_admin(), now.version, "no-room")

    cancelled = await world.run(cancel_offering, cancel)
    with pytest.raises(OfferingState):
        await world.run(withdraw_enrolment, WithdrawEnrolment(waiting[0].id, COORDINATOR, "x"))
    await world.tick("follow-ups")
    again = await world.run(cancel_offering, cancel)

    assert (cancelled.state, again.version) == ("cancelled", (await world.offering(offering.id)).version)
    assert set(await states(world, offering)) == {"offering_cancelled"}
    assert await world.types() == ["offering.cancelled"]
    share = (await world.offering(offering.id)).shares[PDY]
    assert (share.held, share.waiting) == (0, 0)


@pytest.mark.rule("S-10")
async def test_after_the_start_nothing_is_cancelled():
    world = World()
    offering, _, _ = await a_run(world)
    version = (await world.offering(offering.id)).version

    with pytest.raises(OfferingState):
        await world.at(START).run(cancel_offering, CancelOffering(offering.id, an_admin(), version, "other"))
