"""M-12 and N1: what happens when the network, the provider or the sender itself fails in the middle."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from common.telemetry import WORKER
from notifications.application import incoming as f
from notifications.application.ports import AnswerLost, NotTaken, Refused
from notifications.worker.counting import Counting

from . import facts
from .attempts import LEASE, Confirmed, delivery, dies_after_its_claim
from .facts import HOUR, MONDAY, NOW, Place, a_person, a_session
from .world import World, events


@pytest.mark.rule("M-12", "N1")
async def test_a_mail_whose_sender_died_is_sent_again_in_the_same_bytes_and_the_ledger_says_so() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()

    await dies_after_its_claim(world, handing_over=True)
    await world.send()
    assert len(world.mailbox.taken) == 1, "its lease is not over yet"
    world.now += timedelta(minutes=1)
    await world.later(LEASE)

    first, second = world.mailbox.taken
    assert first == second
    sent = delivery(await world.notice("confirmed"), "email")
    assert (sent.state, sent.lost_answers, sent.attempts) == ("sent", 1, 2)
    assert sent.provider_reference == world.mailbox.mails[0]["Message-ID"]


@pytest.mark.rule("M-12")
async def test_an_sms_whose_answer_was_lost_is_asked_for_and_not_sent_again() -> None:
    case = Confirmed(email=None)
    world = await case.begin()

    await dies_after_its_claim(world, handing_over=True)
    await world.send()
    await world.later(LEASE)

    assert len(world.phones.taken) == 1
    assert world.phones.asked == [world.phones.taken[0]["reference"]]
    sent = delivery(await world.notice("confirmed"), "sms")
    assert (sent.state, sent.lost_answers) == ("sent", 1)


@pytest.mark.rule("M-12")
async def test_an_sms_that_the_provider_never_had_is_sent() -> None:
    case = Confirmed(email=None)
    world = await case.begin()

    await dies_after_its_claim(world, handing_over=False)
    await world.send()
    await world.later(LEASE)

    assert len(world.phones.asked) == 1
    assert len(world.phones.taken) == 1


@pytest.mark.rule("M-12")
async def test_a_lost_answer_is_counted_and_the_mail_comes_again_under_its_id() -> None:
    case = Confirmed()
    world = await case.begin()
    world.mailbox.next = [AnswerLost("answer-lost")]
    world.phones.next = [AnswerLost("provider-silent")]

    await world.send()
    await world.later(timedelta(seconds=5))

    first, second = world.mailbox.taken
    assert first == second
    row = await world.notice("confirmed")
    assert delivery(row, "email").lost_answers == 1
    assert delivery(row, "sms").lost_answers == 1
    assert len(world.phones.taken) == 1


@pytest.mark.rule("M-12")
async def test_a_server_that_is_away_is_tried_again_ever_later() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()
    world.mailbox.next = [NotTaken("server-away")] * 3

    await world.send()
    assert (await world.notice("confirmed")).state == "due"
    for _ in range(3):
        assert world.mailbox.taken == []
        await world.later(timedelta(seconds=9))

    sent = delivery(await world.notice("confirmed"), "email")
    assert (sent.state, sent.attempts, sent.lost_answers) == ("sent", 4, 0)
    assert len(world.mailbox.taken) == 1


@pytest.mark.rule("M-12")
async def test_a_refusal_for_good_fails_visibly_and_the_other_channel_still_goes() -> None:
    case = Confirmed()
    world = await case.begin()
    world.mailbox.next = [Refused("smtp-550")]

    await world.send()
    await world.later(timedelta(hours=1))

    row = await world.notice("confirmed")
    assert (delivery(row, "email").state, delivery(row, "email").reason) == ("failed", "smtp-550")
    assert delivery(row, "sms").state == "sent"
    assert world.mailbox.taken == []


@pytest.mark.rule("M-02")
async def test_what_became_untrue_between_two_attempts_is_not_said() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()
    world.mailbox.next = [NotTaken("server-away")]
    await world.send()

    await world.told(case.place.told(f.EnrolmentWithdrawn))
    await world.later(timedelta(seconds=5))

    assert [mail["Subject"].partition(":")[0] for mail in world.mailbox.mails] == ["Withdrawn"]


@pytest.mark.rule("M-03", "N2")
async def test_what_certainly_did_not_arrive_is_told_anew_as_it_is_now() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()
    world.mailbox.next = [NotTaken("server-away")]
    await world.send()

    world.now += timedelta(seconds=1)
    await world.told(facts.a_move(case.offering, case.session, MONDAY + HOUR / 2, material=False))
    await world.later(timedelta(seconds=5))

    [mail] = world.mailbox.mails
    [(_, _, sequence, start)] = events(mail)
    assert start == MONDAY + HOUR / 2
    assert sequence == 1


@pytest.mark.rule("M-03", "N2")
async def test_an_attempt_in_doubt_is_not_repeated_after_something_newer_went_out() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()
    world.mailbox.next = [AnswerLost("answer-lost"), NotTaken("server-away")]
    await world.send()
    await world.later(timedelta(seconds=2))

    await world.told(facts.a_move(case.offering, case.session, MONDAY + HOUR / 2, material=False))
    await world.send()
    await world.later(timedelta(minutes=1))

    assert [[event[2] for event in events(mail)] for mail in world.mailbox.mails] == [[0], [1]]
    assert (await world.notice("confirmed")).reason == "superseded"


async def test_a_message_that_is_overdue_expires_instead_of_being_sent() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()
    world.mailbox.next = [NotTaken("server-away")]
    await world.send()

    world.now = MONDAY + timedelta(days=1)
    await world.later(timedelta(seconds=5))

    assert (await world.notice("confirmed")).state == "expired"
    assert world.mailbox.taken == []


async def test_messages_to_one_person_about_one_offering_go_one_after_another() -> None:
    world, offering, person = World(), uuid4(), a_person()
    sessions = [a_session(1), a_session(2, MONDAY + 24 * HOUR)]
    await world.prepared(person, offering=offering, sessions=sessions)
    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed))
    await world.send()

    for session in sessions:
        await world.told(facts.a_cancelled_session(offering, session))
    while await world.fanouts.turn():
        pass
    claims = await world.sender.claim()

    assert [claimed.delivery.channel for claimed in claims.mine] == ["email", "sms"]
    assert claims.behind
    await world.sender.settle()
    await world.send()
    assert len(world.mailbox.taken) == 3


@pytest.mark.parametrize("missing", ["person", "course", "campus", "offering", "timetable"])
async def test_what_it_speaks_of_may_arrive_later(missing: str) -> None:
    world, offering, person, session = World(), uuid4(), a_person(), a_session()
    copies = {
        "person": person,
        "course": facts.a_course(),
        "campus": facts.a_campus(),
        "offering": facts.a_draft(offering),
        "timetable": facts.a_release(offering, session),
    }
    confirmed = Place(offering, person.person_id).told(f.EnrolmentConfirmed)
    await world.told(*[copy for name, copy in copies.items() if name != missing], confirmed)
    await world.send()
    waiting = await world.notice("confirmed")
    assert (waiting.state, waiting.reason) == ("waiting", f"waiting-for-{missing}")

    await world.told(copies[missing])
    world.sender.wake()
    await world.send()

    [mail] = world.mailbox.mails
    assert len(events(mail)) == 1


async def test_after_ten_minutes_the_timetable_that_is_there_must_do() -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering, sessions=[a_session()])
    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed, schedule_revision=7))
    await world.send()
    assert world.mailbox.taken == []
    too_long = {"state": "waiting", "waiting_since": {"$lt": NOW + timedelta(minutes=10)}}
    assert await world.database.count("deliveries", too_long) == 2

    await world.later(timedelta(minutes=10))

    assert len(world.mailbox.taken) == 1


async def test_a_jump_of_the_domain_clock_delays_no_retry() -> None:
    case = Confirmed(phone=None)
    world = await case.begin()
    world.mailbox.next = [NotTaken("server-away")]
    await world.send()

    world.now += timedelta(days=6)
    await world.later(timedelta(seconds=5))

    assert len(world.mailbox.taken) == 1


async def test_the_oldest_message_that_no_provider_has_yet_is_known_and_no_waiting_one() -> None:
    """What the alarm for late notices looks at."""
    case = Confirmed(phone=None)
    world = await case.begin()
    world.mailbox.next = [NotTaken("server-away")]
    await world.send()
    world.now += timedelta(minutes=6)

    counting = Counting(world.service.queries, lambda: world.now)
    await counting.count()
    assert WORKER.get_sample_value("sangam_notices_due_age_seconds") == 360

    await world.later(timedelta(minutes=1))
    await counting.count()
    assert len(world.mailbox.taken) == 1
    assert WORKER.get_sample_value("sangam_notices_due_age_seconds") == 0
    await world.told(Place(uuid4(), uuid4()).told(f.EnrolmentConfirmed))
    await world.send()
    assert await world.service.queries.oldest_due() is None, "it waits for its person, so it is not late"


class Asked:
    """Queries of the gauges' loop, and which states they were asked for."""

    def __init__(self) -> None:
        self.states: list[set[str]] = []

    async def counts_by_state(self, states: Sequence[str]) -> dict[str, int]:
        self.states.append({*states})
        return {}

    async def waiting_since_before(self, instant: datetime) -> int:
        return 0

    async def oldest_due(self) -> None: ...


@pytest.mark.rule("R1")
async def test_what_has_ended_is_not_counted_again_and_again_since_it_only_grows() -> None:
    asked = Asked()
    counting = Counting(asked, lambda: NOW)

    await counting.count()

    assert asked.states == [{"due", "waiting"}]
