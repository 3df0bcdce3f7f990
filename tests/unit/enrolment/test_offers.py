"""Offers: made to the head of a queue, taken, refused, let go by; by the API, by link and by the timer."""

from datetime import timedelta

import pytest

from enrolment.application.commands_offers import AcceptOffer, RefuseOffer, accept_offer, expire_offer, refuse_offer
from enrolment.application.commands_withdrawals import WithdrawEnrolment, withdraw_enrolment
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.errors import NotYourPlace, OfferDeadlinePassed, OfferingNotOpen, OfferSuperseded, WrongState
from enrolment.domain.offering import Offering
from enrolment.domain.person import Person
from tests.unit.enrolment.builders import COORDINATOR, PDY, acting, deadline_of, released
from tests.unit.enrolment.world import World


async def an_offer(world: World, waiting: int = 1, **fields: object) -> tuple[Offering, list[Person], list[Enrolment]]:
    """One seat that came free, offered to the first of those who wait."""
    offering = await world.an_offering(shares={PDY: 1}, **fields)
    people = await world.people(waiting + 1)
    enrolments = [await world.ask(offering, person) for person in people]
    await world.run(withdraw_enrolment, WithdrawEnrolment(enrolments[0].id, COORDINATOR, "on duty"))
    await world.forget_what_was_told()
    return offering, people[1:], [await world.enrolment(e.id) for e in enrolments[1:]]


async def test_an_accepted_offer_confirms():
    world = World()
    offering, [person], [offered] = await an_offer(world)

    after = await world.run(accept_offer, AcceptOffer(offered.id, acting(person), 1))

    assert (after.state, after.offer) == ("confirmed", None)
    assert [told["because"] for told in await world.told("confirmed")] == ["offer"]
    assert (await world.offering(offering.id)).shares[PDY].held == 1


@pytest.mark.rule("E-05")
async def test_a_refused_offer_is_over_and_the_seat_moves_on_at_once():
    world = World()
    _, people, [first, second] = await an_offer(world, 2)

    after = await world.run(refuse_offer, RefuseOffer(first.id, acting(people[0]), 1))

    assert after.state == "lapsed"
    assert (await world.enrolment(second.id)).state == "offered"
    assert await world.types() == ["enrolment.lapsed", "enrolment.offered"]
    assert [told["because"] for told in await world.told("lapsed")] == ["offer-refused"]


@pytest.mark.rule("E-05", "E-01")
async def test_an_expired_offer_goes_once_to_the_end_of_the_queue_then_lapses():
    world = World()
    offering, _, [first, second] = await an_offer(world, 2)
    first_number = first.queue_no

    world.at(deadline_of(first) + timedelta(milliseconds=1))
    await world.tick("offers")
    requeued = await world.enrolment(first.id)
    world.at(deadline_of(await world.enrolment(second.id)) + timedelta(milliseconds=1))
    await world.tick("offers")
    again = await world.enrolment(first.id)
    world.at(deadline_of(again) + timedelta(milliseconds=1))
    await world.tick("offers")

    assert (requeued.state, requeued.queue_no, requeued.expired_once) == ("waitlisted", 4, True)
    assert first_number < requeued.queue_no
    assert (again.state, again.offers) == ("offered", 2)
    assert (await world.enrolment(first.id)).state == "lapsed"
    assert [told["requeued"] for told in await world.told("offer.expired")] == [True, True, False]
    assert [told["because"] for told in await world.told("lapsed")] == ["offer-expired"]
    assert (await world.offering(offering.id)).shares[PDY].held == 1, "the other one has it again"


@pytest.mark.rule("E-04")
async def test_too_late_is_too_late_whether_or_not_the_timer_ran():
    world = World()
    _, people, [offered, _] = await an_offer(world, 2)
    accept = AcceptOffer(offered.id, acting(people[0]), 1)

    world.at(deadline_of(offered) + timedelta(milliseconds=1))
    with pytest.raises(OfferDeadlinePassed):
        await world.run(accept_offer, accept)
    await world.tick("offers")
    with pytest.raises(OfferDeadlinePassed):
        await world.run(accept_offer, accept)


@pytest.mark.rule("E-04")
async def test_at_the_last_instant_it_is_still_time_and_the_timer_does_nothing():
    world = World()
    _, [person], [offered] = await an_offer(world)
    world.at(deadline_of(offered))

    await world.do(lambda tx: expire_offer(offered.id, tx))

    assert (await world.run(accept_offer, AcceptOffer(offered.id, acting(person), 1))).state == "confirmed"
    await world.at(deadline_of(offered) + timedelta(days=1)).do(lambda tx: expire_offer(offered.id, tx))
    assert (await world.enrolment(offered.id)).state == "confirmed"


async def test_only_the_person_answers_and_only_the_open_offer():
    world = World()
    _, [person], [offered] = await an_offer(world)

    with pytest.raises(NotYourPlace):
        await world.run(accept_offer, AcceptOffer(offered.id, COORDINATOR, 1))
    with pytest.raises(OfferSuperseded):
        await world.run(accept_offer, AcceptOffer(offered.id, acting(person), 2))
    await world.run(accept_offer, AcceptOffer(offered.id, acting(person), 1))
    with pytest.raises(WrongState):
        await world.run(accept_offer, AcceptOffer(offered.id, acting(person), 1))


@pytest.mark.rule("E-08")
async def test_nobody_accepts_after_the_start_that_was_moved_forward():
    world = World()
    offering, [person], [offered] = await an_offer(world)
    start = deadline_of(offered) - timedelta(hours=1)
    await world.hear(released(offering.id, start))

    with pytest.raises(OfferingNotOpen):
        await world.at(start).run(accept_offer, AcceptOffer(offered.id, acting(person), 1))
    await world.tick("starts")

    assert (await world.enrolment(offered.id)).state == "lapsed"


@pytest.mark.rule("E-06")
async def test_accept_then_withdraw_frees_the_seat_once():
    world = World()
    offering, people, [first, second] = await an_offer(world, 2)
    await world.run(accept_offer, AcceptOffer(first.id, acting(people[0]), 1))

    await world.run(withdraw_enrolment, WithdrawEnrolment(first.id, acting(people[0])))

    assert (await world.enrolment(second.id)).state == "offered"
    share = (await world.offering(offering.id)).shares[PDY]
    assert (share.held, share.waiting) == (1, 0)
