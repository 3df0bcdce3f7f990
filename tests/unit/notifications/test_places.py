"""What people are told of their places: to whom, by which channel, and what it says."""

from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.application import incoming as f

from . import facts
from .facts import HOUR, MONDAY, NOW, Place, a_course, a_person, a_session
from .world import TRACE, World, events, subjects, text_of, uid


async def test_a_confirmed_person_gets_a_mail_with_invitations_and_an_sms() -> None:
    world, offering, person = World(), uuid4(), a_person("ta")
    sessions = [a_session(1), a_session(2, MONDAY + 24 * HOUR)]
    await world.prepared(person, offering=offering, sessions=sessions)

    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed))
    await world.send()

    [mail], [sms] = world.mailbox.mails, world.phones.taken
    assert mail["To"].addresses[0].addr_spec == person.email
    assert mail["To"].addresses[0].display_name == "மீனா ராமன்"
    assert "உறுதி" in mail["Subject"]
    assert "9 மார்ச், 2026, 09:30–12:30 IST" in text_of(mail)
    assert [event[:3] for event in events(mail)] == [("REQUEST", uid(s, person.person_id), 0) for s in sessions]
    assert (sms["to"], sms["language"]) == (person.phone, "ta")
    assert "உறுதி" in sms["text"]


@pytest.mark.rule("S-14")
async def test_without_a_timetable_the_dates_are_to_be_announced() -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering)

    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed, schedule_revision=0))
    await world.send()

    [mail] = world.mailbox.mails
    assert "To be announced" in text_of(mail)
    assert events(mail) == []


async def test_who_was_confirmed_before_the_timetable_gets_the_invitations_when_it_is_released() -> None:
    world, offering, person, session = World(), uuid4(), a_person(), a_session()
    await world.prepared(person, offering=offering)
    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed, schedule_revision=0))
    await world.send()

    await world.told(facts.a_release(offering, session))
    await world.send()

    first, second = world.mailbox.mails
    assert events(first) == []
    assert [event[:3] for event in events(second)] == [("REQUEST", uid(session, person.person_id), 0)]


async def test_before_the_opening_only_facilitators_hear_of_a_release() -> None:
    world, offering, facilitator = World(), uuid4(), a_person("hi")
    mine, not_mine = a_session(1, facilitators=[facilitator.person_id]), a_session(2, MONDAY + 24 * HOUR)
    await world.told(facts.a_campus(), a_course(), facilitator, facts.a_draft(offering))

    await world.told(facts.a_release(offering, mine, not_mine))
    await world.send()

    [mail] = world.mailbox.mails
    assert "प्रशिक्षक" in mail["Subject"]
    assert [event[:3] for event in events(mail)] == [("REQUEST", uid(mine, facilitator.person_id), 0)]
    assert world.phones.taken == []


async def test_an_offer_comes_by_mail_and_sms_with_the_link_and_its_deadline() -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering)

    await world.told(Place(offering, person.person_id).told(f.EnrolmentOffered))
    await world.send()

    [mail], [sms] = world.mailbox.mails, world.phones.taken
    assert "Tuesday, 3 March 2026, 09:30 IST" in text_of(mail)
    for text in (text_of(mail), text_of(mail, "html"), sms["text"]):
        assert "http://gateway.test/enrolment/v1/links?t=" in text


async def test_approvers_are_asked_with_the_name_of_the_person() -> None:
    world, offering, person, approver = World(), uuid4(), a_person("ta"), a_person("en")
    await world.prepared(person, approver, offering=offering)

    requested = Place(offering, person.person_id).told(f.EnrolmentRequested, approvers=[approver.person_id])
    await world.told(requested)
    await world.send()

    [mail] = world.mailbox.mails
    assert mail["To"].addresses[0].addr_spec == approver.email
    assert "Meena Raman" in mail["Subject"]


async def test_a_withdrawal_tells_the_person_and_the_nominators_and_strikes_out_the_calendar() -> None:
    world, offering, person, nominator = World(), uuid4(), a_person(), a_person()
    session = a_session()
    await world.prepared(person, nominator, offering=offering, sessions=[session])
    place = Place(offering, person.person_id)
    await world.told(place.told(f.EnrolmentConfirmed))
    await world.send()

    await world.told(place.told(f.EnrolmentWithdrawn, nominators=[nominator.person_id]))
    await world.send()

    _, *rest = world.mailbox.mails
    by_address = {mail["To"].addresses[0].addr_spec: mail for mail in rest}
    assert [e[:3] for e in events(by_address[person.email])] == [("CANCEL", uid(session, person.person_id), 1)]
    assert events(by_address[nominator.email]) == []
    assert "will not take part" in by_address[nominator.email]["Subject"]


@pytest.mark.rule("E-05")
@pytest.mark.parametrize("requeued", [True, False])
async def test_an_expired_offer_is_one_message_whatever_follows_from_it(requeued: bool) -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering)
    place = Place(offering, person.person_id)

    await world.told(place.told(f.OfferExpired, requeued=requeued))
    await world.told(
        place.told(f.EnrolmentWaitlisted) if requeued else place.told(f.EnrolmentLapsed, because="offer-expired")
    )
    await world.send()

    [mail] = world.mailbox.mails
    assert ("once more" if requeued else "no longer") in text_of(mail)


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        (f.EnrolmentNominated, {}, "have been nominated"),
        (f.EnrolmentWaitlisted, {"rank": 4}, "number 4"),
        (f.EnrolmentDeclined, {}, "was declined"),
        (f.EnrolmentLapsed, {"because": "started"}, "has begun"),
        (f.EnrolmentLapsed, {"because": "offer-refused"}, "You refused the seat"),
        (f.EnrolmentLapsed, {"because": "reconfirmation-silent"}, "did not say in time"),
    ],
)
async def test_each_turn_of_a_place_is_told(kind: type, fields: dict, says: str) -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering)

    await world.told(Place(offering, person.person_id).told(kind, **fields))
    await world.send()

    [mail] = world.mailbox.mails
    assert says in text_of(mail)
    assert world.phones.taken == []


async def test_a_certificate_comes_with_the_address_that_proves_it() -> None:
    world, offering, person = World(), uuid4(), a_person("ta")
    await world.prepared(person, offering=offering)
    issued = f.CertificateIssued(
        certificate_id=uuid4(),
        code="ABC-123",
        person_id=person.person_id,
        course_id=facts.COURSE,
        offering_id=offering,
        issued_at=NOW,
    )

    await world.told(issued)
    await world.send()

    [mail] = world.mailbox.mails
    assert "http://gateway.test/enrolment/v1/certificates/verify?code=ABC-123" in text_of(mail)


async def test_a_cancelled_offering_tells_everybody_concerned_once() -> None:
    world, offering = World(), uuid4()
    seated, waiting, gone, facilitator = a_person(), a_person(), a_person(), a_person()
    sessions = [a_session(n, MONDAY + n * 24 * HOUR, facilitators=[facilitator.person_id]) for n in (1, 2)]
    await world.prepared(seated, waiting, gone, facilitator, offering=offering, sessions=sessions)
    places = [Place(offering, person.person_id) for person in (seated, waiting, gone)]
    await world.told(places[0].told(f.EnrolmentConfirmed), places[1].told(f.EnrolmentWaitlisted))
    await world.told(places[2].told(f.EnrolmentConfirmed), places[2].told(f.EnrolmentWithdrawn))
    await world.send()
    world.mailbox.taken.clear()
    world.phones.taken.clear()

    await world.told(f.OfferingCancelled(offering_id=offering, revision=9))
    await world.told(
        *[
            facts.a_cancelled_session(offering, session, because="offering-cancelled", schedule_revision=2 + n)
            for n, session in enumerate(sessions)
        ]
    )
    await world.send()

    by_address = {mail["To"].addresses[0].addr_spec: mail for mail in world.mailbox.mails}
    assert len(world.mailbox.taken) == 3
    assert by_address.keys() == {seated.email, waiting.email, facilitator.email}
    assert [event[0] for event in events(by_address[seated.email])] == ["CANCEL", "CANCEL"]
    assert [event[0] for event in events(by_address[facilitator.email])] == ["CANCEL", "CANCEL"]
    assert events(by_address[waiting.email]) == []
    assert "Your place has ended" in text_of(by_address[seated.email])
    assert "Your request has ended" in text_of(by_address[waiting.email])


async def test_a_person_without_an_address_is_skipped_with_its_reason() -> None:
    world, offering, person = World(), uuid4(), a_person(email=None)
    await world.prepared(person, offering=offering)

    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed, schedule_revision=0))
    await world.send()

    row = await world.notice("confirmed")
    assert {d.channel: (d.state, d.reason) for d in row.deliveries} == {
        "email": ("dropped", "no-address"),
        "sms": ("sent", ""),
    }
    assert row.state == "sent"


@pytest.mark.rule("M-08")
async def test_an_unwritten_language_falls_back_to_the_next_then_the_campus_then_english() -> None:
    world, offering = World(), uuid4()
    next_one, campus, english = a_person("te"), a_person("te"), a_person("te", campus="elsewhere")
    next_one = next_one.model_copy(update={"languages": ["te", "hi"]})
    await world.prepared(next_one, campus, english, offering=offering)

    for person in (next_one, campus, english):
        await world.told(Place(offering, person.person_id).told(f.EnrolmentWaitlisted))
    await world.send()

    languages = {mail["To"].addresses[0].addr_spec: mail["Content-Language"] for mail in world.mailbox.mails}
    assert languages == {next_one.email: "hi", campus.email: "ta", english.email: "en"}


@pytest.mark.rule("T1")
async def test_a_notice_belongs_to_the_trace_of_its_fact() -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering)

    await world.told(Place(offering, person.person_id).told(f.EnrolmentWaitlisted))
    await world.send()

    assert (await world.notice("waitlisted")).trace_id == TRACE.split("-")[1]


async def test_a_title_of_two_lines_makes_no_header_of_its_own() -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering)
    await world.told(a_course(titles={"en": "Workshop\r\nBcc: everybody@example.org"}))

    await world.told(Place(offering, person.person_id).told(f.EnrolmentWaitlisted))
    await world.send()

    [mail] = world.mailbox.mails
    assert mail["Bcc"] is None
    assert subjects([mail]) == ["Waiting list: Workshop Bcc: everybody@example.org"]


async def test_a_name_that_would_break_a_header_fails_visibly() -> None:
    world, offering = World(), uuid4()
    person = a_person(names={"latin": "Meena\r\nBcc: everybody@example.org"})
    await world.prepared(person, offering=offering)

    await world.told(Place(offering, person.person_id).told(f.EnrolmentWaitlisted))
    await world.send()

    row = await world.notice("waitlisted")
    assert (row.state, row.reason) == ("failed", "unsafe-header")
    assert world.mailbox.taken == []


async def test_a_deadline_that_has_passed_makes_the_notice_expired_at_once() -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering)

    await world.told(Place(offering, person.person_id).told(f.EnrolmentOffered, deadline=NOW - timedelta(seconds=1)))
    await world.send()

    assert (await world.notice("offered")).state == "expired"
    assert world.mailbox.taken == []


@pytest.mark.rule("N2")
async def test_who_gives_up_a_place_and_facilitates_all_the_same_keeps_those_sessions() -> None:
    world, offering, both = World(), uuid4(), a_person()
    teaches, only_attends = a_session(1, facilitators=[both.person_id]), a_session(2, MONDAY + 24 * HOUR)
    await world.prepared(both, offering=offering, sessions=[teaches, only_attends])
    place = Place(offering, both.person_id)
    await world.told(place.told(f.EnrolmentConfirmed))
    await world.send()

    await world.told(place.told(f.EnrolmentWithdrawn))
    await world.send()

    assert [event[:2] for event in events(world.mailbox.mails[-1])] == [("CANCEL", uid(only_attends, both.person_id))]


@pytest.mark.rule("N2")
async def test_who_facilitates_no_more_and_has_a_place_all_the_same_keeps_the_session() -> None:
    world, offering, both = World(), uuid4(), a_person()
    first, second = a_session(1, facilitators=[both.person_id]), a_session(2, facilitators=[both.person_id])
    await world.prepared(both, offering=offering, sessions=[first, second])
    await world.told(Place(offering, both.person_id).told(f.EnrolmentConfirmed))
    await world.send()

    moved = {**second, "start": MONDAY + 24 * HOUR, "end": MONDAY + 27 * HOUR, "revision": 2}
    await world.told(facts.a_release(offering, {**first, "facilitators": []}, moved, revision=2))
    await world.send()

    said = [event[:2] for mail in world.mailbox.mails for event in events(mail)]
    assert ("CANCEL", uid(first, both.person_id)) not in said
    assert said.count(("REQUEST", uid(second, both.person_id))) >= 2, "the other one moved"
