"""M-01, N2: whatever is redelivered, replayed or overtaken, each notice once, and calendars end at the latest."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from notifications.application import incoming as f
from notifications.domain.notice import notice_id

from . import facts
from .facts import HOUR, MONDAY, Place, a_person, a_session
from .world import World, events

QUICKLY = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking a whole service takes minutes


@pytest.mark.rule("M-01")
def test_the_same_four_make_the_same_notice_and_others_another() -> None:
    person, subject = uuid4(), uuid4()
    one = notice_id(person, "confirmed", subject, "enrolment-events:3")

    assert one == notice_id(person, "confirmed", subject, "enrolment-events:3")
    assert one != notice_id(person, "confirmed", subject, "enrolment-events:4")
    assert one != notice_id(uuid4(), "confirmed", subject, "enrolment-events:3")
    assert isinstance(one, UUID)


@pytest.mark.rule("M-01", "I1")
async def test_a_replay_from_the_beginning_sends_nothing() -> None:
    world, offering, person = World(), uuid4(), a_person()
    place = Place(offering, person.person_id)
    records = [
        world.record(event)
        for event in (
            facts.a_campus(),
            facts.a_course(),
            person,
            facts.a_draft(offering),
            facts.a_release(offering, a_session()),
            place.told(f.EnrolmentConfirmed),
            place.told(f.EnrolmentWithdrawn),
        )
    ]
    for record in records:
        await world.took(record)
    await world.send()
    ledger, sent = await world.ledger(), list(world.mailbox.taken)

    for record in records:
        await world.took(record)
    await world.send()

    assert await world.ledger() == ledger
    assert world.mailbox.taken == sent


@pytest.mark.rule("M-01")
async def test_even_without_its_inbox_a_replay_makes_no_second_notice() -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering)
    record = world.record(Place(offering, person.person_id).told(f.EnrolmentWaitlisted))
    await world.took(record)
    await world.send()

    world.database.collections["inbox"][f"enrolment-events/{offering}"]["taken"] -= 1
    world.database.collections["enrolments"].clear()
    await world.took(record)
    await world.send()

    assert len(await world.ledger(purpose="waitlisted")) == 1
    assert len(world.mailbox.taken) == 1


@pytest.mark.rule("M-01", "N2", "M-10")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=QUICKLY)
@given(data=st.data())
def test_any_interleaving_of_topics_with_any_redelivery_ends_at_the_latest_revision(data: st.DataObject) -> None:
    """Within a topic order stands; between topics anything may overtake; sends happen at any point between."""
    asyncio.run(_play(data))


async def _play(data: st.DataObject) -> None:
    world, offering, person, session = World(), uuid4(), a_person(), a_session()
    await world.told(facts.a_campus())
    place = Place(offering, person.person_id)
    asked = {"session_id": session["session_id"], "session_revision": 3, "schedule_revision": 3}
    starts = [MONDAY + HOUR / 2, MONDAY + 24 * HOUR]
    streams = [
        [world.record(person)],
        [world.record(facts.a_course())],
        [
            world.record(facts.a_draft(offering)),
            world.record(place.told(f.EnrolmentConfirmed)),
            world.record(place.told(f.ReconfirmationAsked, **asked)),
        ],
        [
            world.record(facts.a_release(offering, session)),
            world.record(facts.a_move(offering, session, starts[0], material=False)),
            world.record(facts.a_move(offering, session, starts[1], revision=3)),
        ],
    ]
    done = [0] * len(streams)
    while any(at < len(stream) for at, stream in zip(done, streams, strict=True)):
        ready = [n for n, stream in enumerate(streams) if done[n] < len(stream)]
        step = data.draw(st.sampled_from([*ready, "again", "send"]))
        if step == "send":
            world.sender.wake()
            await world.send()
        elif step == "again":
            some = data.draw(st.sampled_from(range(len(streams))))
            for record in streams[some][: done[some]]:
                await world.took(record)
        else:
            assert isinstance(step, int)
            await world.took(streams[step][done[step]])
            done[step] += 1
    world.sender.wake()
    await world.send()

    ledger = await world.ledger()
    keys = Counter((row.person_id, row.purpose, row.subject, row.revision) for row in ledger)
    assert max(keys.values()) == 1
    assert {row.state for row in ledger} <= {"sent", "dropped"}
    told = [event for mail in world.mailbox.mails for event in events(mail)]
    sequences = [sequence for _, _, sequence, _ in told]
    assert sequences == sorted(sequences)
    latest = max(told, key=lambda event: event[2])
    assert (latest[0], latest[3]) == ("REQUEST", starts[1])
    questions = [mail for mail in world.mailbox.mails if mail["Subject"].startswith("New time, please")]
    assert len(questions) == 1
