"""N1: several senders on one database, and attempts that somebody else took over."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.application import incoming as f
from notifications.application.ports import NotTaken

from .attempts import LEASE, Confirmed, delivery, dies_after_its_claim
from .facts import Place, a_person, a_session
from .world import World


@pytest.mark.rule("N1")
async def test_two_senders_hand_each_message_over_once() -> None:
    world, offering, session = World(), uuid4(), a_session()
    people = [a_person() for _ in range(40)]
    await world.prepared(*people, offering=offering, sessions=[session])
    for person in people:
        await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed))
    other, _, _ = world.processes()

    for _ in range(3):
        await world.sender.claim()
        await other.claim()
    await world.sender.settle()
    await other.settle()
    await world.send()

    assert len(world.mailbox.taken) == len(people) == len(world.phones.taken)


@pytest.mark.rule("D1", "N1")
async def test_what_a_dead_sender_was_sending_is_seen_however_much_else_is_due() -> None:
    """It had been tried before, so that it was due later than all that came meanwhile, one message for its recipient
    among them."""
    case = Confirmed(phone=None)
    world = await case.begin()
    world.mailbox.next = [NotTaken("server-away")]
    await world.send()
    world.real += timedelta(minutes=5)
    await dies_after_its_claim(world, handing_over=False)
    await world.told(case.place.told(f.EnrolmentWithdrawn))
    people = [a_person(phone=None) for _ in range(150)]
    world.now += timedelta(seconds=1)
    await world.told(*people)
    for person in people:
        await world.told(Place(case.offering, person.person_id).told(f.EnrolmentConfirmed))

    await world.sender.claim()
    await world.sender.settle()
    assert world.mailbox.taken, "the others go on"
    await world.send()
    await world.later(LEASE)

    assert Counter(to for to, _ in world.mailbox.taken) == Counter(person.email for person in [case.person, *people])
    assert (await world.notice("confirmed", person_id=case.person.person_id)).reason == "superseded"


@pytest.mark.rule("N1")
async def test_a_sender_that_slept_through_its_lease_hands_nothing_over() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()
    sender = world.sender

    await sender.claim()
    world.ticks += 15
    await sender.settle()

    assert world.mailbox.taken == []
    waiting = delivery(await world.notice("confirmed"), "email")
    assert (waiting.state, waiting.reason, waiting.lost_answers) == ("due", "too-late", 0)


async def test_the_result_of_an_attempt_that_was_taken_over_changes_nothing() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()
    other, _, _ = world.processes()
    await world.sender.claim()
    await world.sender._under_way.pop()

    await other.claim()
    world.ticks += 30
    await other.claim()
    await other.settle()
    before = await world.notice("confirmed")
    await world.sender.record()

    assert await world.notice("confirmed") == before
    assert delivery(before, "email").attempts == 2


@pytest.mark.rule("M-12")
async def test_a_claim_whose_commit_was_not_heard_of_lapses_like_anybody_s() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()

    await dies_after_its_claim(world, handing_over=False, owner=world.sender.owner)
    await world.send()
    assert world.mailbox.taken == []
    await world.later(LEASE)

    assert len(world.mailbox.taken) == 1
