"""Each purpose says when its message becomes useless, counted from the fact: who hears of an old one writes nobody."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from common import telemetry, waiting
from common.envelope import Record
from common.event import IncomingEvent
from notifications.application import incoming as f
from notifications.domain.purposes import PURPOSES
from notifications.worker.waiting import waiting as waiting_here

from .facts import MONDAY, NOW, Place, a_cancelled_session, a_draft, a_move, a_person, a_release, a_session
from .world import World

MOMENT = timedelta(milliseconds=1)
LATER = MONDAY + timedelta(days=90)  # deadlines that facts name are not the point here
PERSON, OTHER = a_person(), a_person()


def told_of(purpose: str) -> tuple[list[IncomingEvent], IncomingEvent]:
    """What comes first, and the fact that asks for this message."""
    offering, session = uuid4(), a_session(start=LATER, facilitators=[PERSON.person_id])
    place = Place(offering, PERSON.person_id)
    before: list[IncomingEvent] = [a_draft(offering), a_release(offering, session)]
    seat = place.told(f.EnrolmentConfirmed)
    others = {"nominators": [OTHER.person_id]}
    facts: dict[str, Any] = {
        "nominated": lambda: place.told(f.EnrolmentNominated, accept_by=LATER),
        "approval_asked": lambda: place.told(f.EnrolmentRequested, approvers=[OTHER.person_id], due=None),
        "waitlisted": lambda: place.told(f.EnrolmentWaitlisted),
        "confirmed": lambda: seat,
        "offered": lambda: place.told(f.EnrolmentOffered, deadline=LATER),
        "offer_expired": lambda: place.told(f.OfferExpired),
        "withdrawn": lambda: place.told(f.EnrolmentWithdrawn),
        "withdrawn_nominator": lambda: place.told(f.EnrolmentWithdrawn, **others),
        "declined": lambda: place.told(f.EnrolmentDeclined),
        "lapsed": lambda: place.told(f.EnrolmentLapsed),
        "reconfirm_asked": lambda: place.told(f.ReconfirmationAsked, session_id=session["session_id"], deadline=LATER),
        "session_rescheduled": lambda: a_move(offering, session, LATER, material=False),
        "session_cancelled": lambda: a_cancelled_session(offering, session),
        "offering_cancelled": lambda: f.OfferingCancelled(offering_id=offering, revision=9),
        "assigned": lambda: before.pop(),
        "certificate_issued": lambda: f.CertificateIssued(
            certificate_id=uuid4(), code="X", person_id=PERSON.person_id, course_id=uuid4(), offering_id=offering,
            issued_at=NOW,
        ),
    }  # fmt: skip
    fact = facts[purpose]()
    if purpose in ("session_rescheduled", "session_cancelled", "offering_cancelled"):
        before.append(seat)
    return before, fact


def at(record: Record, when: Any) -> Record:
    headers = [(name, when.isoformat().encode() if name == "ce_time" else value) for name, value in record.headers]
    return replace(record, headers=headers)


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("purpose", [p for p in PURPOSES if p not in ("nominated", "offered", "reconfirm_asked")])
async def test_a_fact_that_is_too_old_makes_a_notice_that_is_expired_and_a_younger_one_does_not(
    purpose: str, old: bool
) -> None:
    world = World()
    before, fact = told_of(purpose)
    await world.told(PERSON, OTHER, *before)
    await world.send()
    world.mailbox.taken.clear()
    useful = PURPOSES[purpose].useful

    await world.took(at(world.record(fact), NOW - useful + (timedelta() if old else MOMENT)))
    while await world.fanouts.turn():
        pass

    notices = await world.ledger(purpose=purpose, state="expired")
    if old:
        await world.send()
        assert notices
        assert world.mailbox.taken == []
        assert {d.state for notice in notices for d in notice.deliveries} == {"dropped"}
    else:
        assert notices == []
        assert await world.ledger(purpose=purpose)


@pytest.mark.parametrize("purpose", ["nominated", "offered", "reconfirm_asked"])
async def test_where_the_fact_names_a_deadline_that_counts(purpose: str) -> None:
    world = World()
    before, fact = told_of(purpose)
    named = {"nominated": "accept_by"}.get(purpose, "deadline")
    await world.told(PERSON, *before, fact.model_copy(update={named: NOW}))

    assert (await world.notice(purpose)).state == "expired"


async def test_a_message_that_waits_is_counted_and_alarms_after_ten_minutes() -> None:
    world, offering = World(), uuid4()
    await world.told(Place(offering, PERSON.person_id).told(f.EnrolmentConfirmed))
    await world.send()

    async def counted() -> list[float]:
        [place] = waiting_here()
        await waiting.count([replace(place, clock=lambda: world.real)], world.database)
        return [gauge.labels("deliveries")._value.get() for gauge in (telemetry.WAITING, telemetry.WAITING_TOO_LONG)]

    assert await counted() == [2, 0]
    world.real += timedelta(minutes=10) + MOMENT
    assert await counted() == [2, 2]
