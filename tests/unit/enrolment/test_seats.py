"""Seats, shares and the waitlist: who gets a place, who waits, who is next."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from common.problem import NotFound, Stale
from enrolment.application.commands_approvals import ApproveEnrolment, approve_enrolment
from enrolment.application.commands_nominations import RequestEnrolment, request_enrolment
from enrolment.application.commands_offerings import ChangeOffering, change_offering
from enrolment.application.commands_withdrawals import WithdrawEnrolment, withdraw_enrolment
from enrolment.domain.errors import (
    BadSeats,
    CapacityTaken,
    WaitlistFull,
)
from enrolment.domain.shares import new_shares
from tests.unit.enrolment.builders import (
    COORDINATOR,
    KKL,
    NOW,
    PDY,
    acting,
    an_admin,
    released,
)
from tests.unit.enrolment.world import World


async def test_a_free_seat_is_confirmed_at_once():
    world = World()
    offering = await world.an_offering()

    [enrolment] = await world.asked(offering, 1)

    assert enrolment.state == "confirmed"
    assert await world.types() == ["enrolment.confirmed"]
    assert [told["revision"] for told in await world.told("enrolment.")] == [1]
    assert (await world.offering(offering.id)).shares[PDY].held == 1


@pytest.mark.rule("E-01")
async def test_a_newcomer_joins_the_end_of_the_waitlist():
    world = World()
    offering = await world.an_offering(shares={PDY: 1})

    asked = await world.asked(offering, 4)

    assert [e.state for e in asked] == ["confirmed", "waitlisted", "waitlisted", "waitlisted"]
    assert [e.queue_no for e in asked] == [1, 2, 3, 4]
    assert [told["rank"] for told in await world.told("waitlisted")] == [1, 2, 3]


@pytest.mark.rule("E-02")
async def test_nobody_jumps_the_queue_even_while_a_seat_is_free():
    world = World()
    offering = await world.an_offering(shares={PDY: 2}, promotion="confirm")
    await world.asked(offering, 3)
    closed_for_offers = offering.window_closes
    people = await world.people(2)
    first = (await world.enrolments(offering))[0]
    world.at(closed_for_offers)  # the last instant of the window: requests are taken, nobody is promoted
    await world.run(withdraw_enrolment, WithdrawEnrolment(first.id, COORDINATOR, "released"))

    newcomer = await world.ask(offering, people[0])

    assert newcomer.state == "waitlisted"
    assert (await world.offering(offering.id)).shares[PDY].held == 1


@pytest.mark.rule("E-03")
async def test_so_many_free_seats_so_many_offers_in_the_order_of_the_queue():
    world = World()
    offering = await world.an_offering(shares={PDY: 3})
    asked = await world.asked(offering, 8)
    await world.forget_what_was_told()

    for enrolment in asked[:3]:
        await world.run(withdraw_enrolment, WithdrawEnrolment(enrolment.id, COORDINATOR, "on duty"))

    offered = [told["enrolment_id"] for told in await world.told("offered")]
    assert offered == [str(e.id) for e in asked[3:6]]
    assert (await world.offering(offering.id)).shares[PDY].held == 3


@pytest.mark.rule("E-03")
async def test_a_mandatory_nominee_is_confirmed_directly():
    world = World()
    offering = await world.an_offering(shares={PDY: 1})
    holder, waiter = await world.asked(offering, 2)
    await world.put(enrolments=[replace(await world.enrolment(waiter.id), mandatory=True)])

    await world.run(withdraw_enrolment, WithdrawEnrolment(holder.id, COORDINATOR, "on duty"))

    assert (await world.enrolment(waiter.id)).state == "confirmed"
    assert [told["because"] for told in await world.told("confirmed")] == ["request", "promotion"]


@pytest.mark.rule("E-06")
async def test_who_withdraws_and_comes_again_comes_last():
    world = World()
    offering = await world.an_offering(shares={PDY: 1})
    [person] = await world.people(1)
    mine = await world.ask(offering, person)
    others = await world.asked(offering, 2)
    await world.withdraw(mine, person)

    again = await world.ask(offering, person)

    assert (again.id, again.state, again.queue_no) == (mine.id, "waitlisted", 4)
    assert (await world.enrolment(others[0].id)).state == "offered"
    assert (await world.offering(offering.id)).shares[PDY].held == 1


@pytest.mark.rule("E-06", "N-04", "P-03")
async def test_who_comes_again_comes_from_where_they_are_now():
    world = World()
    former, present = await world.people(2)
    offering = await world.an_offering(shares={PDY: 1, KKL: 1}, approval="supervisor")
    person = await world.person(PDY, supervisor_id=former.id)
    await world.withdraw(await world.ask(offering, person), person)
    moved = replace(person, version=1, campus=KKL, supervisor_id=present.id)
    await world.put(people=[moved])

    again = await world.ask(offering, moved)

    assert (again.campus, again.share, again.readers) == (KKL, KKL, (person.id, present.id))
    with pytest.raises(NotFound):
        await world.run(approve_enrolment, ApproveEnrolment(again.id, acting(former, "supervisor")))
    await world.run(approve_enrolment, ApproveEnrolment(again.id, acting(present, "supervisor")))
    assert (await world.enrolment(again.id)).state == "confirmed"
    shares = (await world.offering(offering.id)).shares
    assert (shares[PDY].held, shares[KKL].held) == (0, 1)


@pytest.mark.rule("E-08")
@pytest.mark.parametrize("when", ["window_closed", "inside_lead_time"])
async def test_no_offer_after_the_close_or_inside_the_lead_time(when):
    world = World()
    offering = await world.an_offering(shares={PDY: 1}, lead_hours=24)
    start = offering.window_closes - timedelta(days=1)
    holder, waiter = await world.asked(offering, 2)
    if when == "window_closed":
        world.at(offering.window_closes + timedelta(seconds=1))
    else:
        await world.hear(released(offering.id, start))
        world.at(start - timedelta(hours=23))

    await world.run(withdraw_enrolment, WithdrawEnrolment(holder.id, COORDINATOR, "on duty"))

    assert (await world.enrolment(waiter.id)).state == "waitlisted"
    assert (await world.offering(offering.id)).shares[PDY].held == 0


@pytest.mark.rule("E-08", "S1")
async def test_a_seat_that_came_free_too_late_is_offered_when_the_start_moves_away():
    world = World()
    offering = await world.an_offering(shares={PDY: 1}, lead_hours=24)
    holder, waiter = await world.asked(offering, 2)
    start = offering.window_closes - timedelta(days=8)
    session = uuid4()
    await world.hear(released(offering.id, start, ids=[session]))
    world.at(start - timedelta(hours=23))
    await world.run(withdraw_enrolment, WithdrawEnrolment(holder.id, COORDINATOR, "on duty"))
    assert (await world.enrolment(waiter.id)).state == "waitlisted"

    await world.hear(released(offering.id, start + timedelta(days=7), revision=2, ids=[session]))
    await world.tick()

    assert (await world.enrolment(waiter.id)).state == "offered"
    assert (await world.offering(offering.id)).follow_ups == ()


@pytest.mark.rule("E-09")
async def test_fewer_seats_than_are_held_are_refused_unless_overbooked():
    world = World()
    offering = await world.an_offering(shares={PDY: 3})
    asked = await world.asked(offering, 4)
    version = (await world.offering(offering.id)).version
    cut = ChangeOffering(offering_id=offering.id, actor=an_admin(), if_version=version, shares={PDY: 2})
    with pytest.raises(CapacityTaken):
        await world.run(change_offering, cut)

    await world.run(
        change_offering,
        ChangeOffering(offering_id=offering.id, actor=an_admin(), if_version=version, shares={PDY: 2}, overbook=True),
    )
    await world.run(withdraw_enrolment, WithdrawEnrolment(asked[0].id, COORDINATOR, "on duty"))

    assert (await world.enrolment(asked[3].id)).state == "waitlisted", "two seats, two people: nobody is confirmed"


@pytest.mark.rule("E-10")
async def test_more_seats_promote_all_that_fit():
    world = World()
    offering = await world.an_offering(shares={PDY: 1})
    asked = await world.asked(offering, 5)
    version = (await world.offering(offering.id)).version

    await world.run(
        change_offering,
        ChangeOffering(offering_id=offering.id, actor=an_admin(), if_version=version, shares={PDY: 4}),
    )

    states = [(await world.enrolment(e.id)).state for e in asked]
    assert states == ["confirmed", "offered", "offered", "offered", "waitlisted"]
    assert [told["seats"] for told in await world.told("offering.changed")] == [4]
    with pytest.raises(Stale):
        await world.run(
            change_offering, ChangeOffering(offering_id=offering.id, actor=an_admin(), if_version=version, label="x")
        )


@pytest.mark.rule("E-10")
@pytest.mark.parametrize("seats", [0, -1, "3", None, True, 2.0])
def test_seats_are_whole_numbers_of_at_least_one(seats):
    with pytest.raises(BadSeats):
        new_shares({PDY: seats})


@pytest.mark.rule("E-12")
async def test_a_free_seat_stays_with_its_campus_until_the_release():
    world = World()
    release = NOW + timedelta(days=5)
    offering = await world.an_offering(shares={PDY: 1, KKL: 2}, release_at=release)
    here = await world.asked(offering, 2)
    assert [e.state for e in here] == ["confirmed", "waitlisted"], "Karaikal's seats are not ours"
    there = await world.asked(offering, 1, KKL)

    world.at(release)
    await world.tick("shares")

    assert there[0].state == "confirmed"
    assert (await world.enrolment(here[1].id)).state == "offered"
    await world.put(offerings=[_limited(await world.offering(offering.id))])
    with pytest.raises(WaitlistFull) as full:
        await world.asked(offering, 2)
    assert full.value.members == {"share": PDY, "limit": 1}


def _limited(offering):
    from dataclasses import replace

    return replace(offering, policies=replace(offering.policies, waitlist_limit=1))


@pytest.mark.rule("E-12")
async def test_who_waits_sees_their_own_rank():
    world = World()
    offering = await world.an_offering(shares={PDY: 1, KKL: 1})
    here, there = await world.asked(offering, 3), await world.asked(offering, 3, KKL)

    rows = (
        await world.service.queries.list_enrolments(
            COORDINATOR, offering_id=offering.id, state="waitlisted", share=None, limit=50, after=None
        )
    ).items

    assert {row.id: row.rank for row in rows} == {here[1].id: 1, here[2].id: 2, there[1].id: 1, there[2].id: 2}


@pytest.mark.rule("E-13")
async def test_the_waitlist_has_a_limit():
    world = World()
    offering = await world.an_offering(shares={PDY: 1}, waitlist_limit=2)
    await world.asked(offering, 3)

    with pytest.raises(WaitlistFull):
        await world.asked(offering, 1)

    assert len(await world.enrolments(offering)) == 3


@pytest.mark.rule("E-15")
@pytest.mark.parametrize("grouped", [True, False])
async def test_two_hundred_parallel_requests_for_one_seat(grouped):
    world = World()
    offering = await world.an_offering(shares={PDY: 1})
    people = await world.people(200 if grouped else 40)

    async def one(person):
        command = RequestEnrolment(offering.id, acting(person))
        if grouped:
            return await world.together(request_enrolment, command, offering.id)
        return await world.run(request_enrolment, command)

    answers = await asyncio.gather(*map(one, people))

    assert Counter(e.state for e in answers) == {"confirmed": 1, "waitlisted": len(people) - 1}
    assert sorted(e.queue_no for e in answers) == list(range(1, len(people) + 1))
    ranks = [told["rank"] for told in await world.told("waitlisted")]
    assert ranks == list(range(1, len(people)))
    share = (await world.offering(offering.id)).shares[PDY]
    assert (share.held, share.waiting) == (1, len(people) - 1)
