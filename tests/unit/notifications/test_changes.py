"""What people are told of changed sessions, and that their calendars end right (M-10, S-09, N2)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.application import incoming as f
from notifications.application.ports import NotTaken

from . import facts
from .facts import HOUR, MONDAY, Place, a_move, a_person, a_session
from .world import World, events, text_of, uid

TUESDAY = MONDAY + 24 * HOUR


class Moved:
    """One confirmed person and one facilitator of an offering with two sessions, all told."""

    def __init__(self) -> None:
        self.world, self.offering = World(), uuid4()
        self.person, self.facilitator = a_person(), a_person()
        self.sessions = [
            a_session(1, facilitators=[self.facilitator.person_id]),
            a_session(2, MONDAY + 48 * HOUR, facilitators=[self.facilitator.person_id]),
        ]
        self.place = Place(self.offering, self.person.person_id)

    async def begin(self) -> "Moved":
        await self.world.prepared(self.person, self.facilitator, offering=self.offering, sessions=self.sessions)
        await self.world.told(self.place.told(f.EnrolmentConfirmed))
        await self.world.send()
        self.forget()
        return self

    def forget(self) -> None:
        self.world.mailbox.taken.clear()
        self.world.phones.taken.clear()

    def asked(self, session: int = 0, revision: int = 2) -> f.ReconfirmationAsked:
        asked: f.ReconfirmationAsked = self.place.told(
            f.ReconfirmationAsked,
            session_id=self.sessions[session]["session_id"],
            session_revision=revision,
            schedule_revision=revision,
        )
        return asked

    def mails_to(self, person: f.PersonRecorded) -> list:
        return [mail for mail in self.world.mailbox.mails if mail["To"].addresses[0].addr_spec == person.email]


@pytest.mark.rule("S-09", "M-10")
async def test_a_material_change_is_one_question_with_old_and_new_time_and_one_update() -> None:
    case = await Moved().begin()

    await case.world.told(a_move(case.offering, case.sessions[0], TUESDAY), case.asked())
    await case.world.send()

    [mail] = case.mails_to(case.person)
    assert "Monday, 9 March 2026, 09:30–12:30 IST" in text_of(mail)
    assert "Tuesday, 10 March 2026, 09:30–12:30 IST" in text_of(mail)
    assert [event[:3] for event in events(mail)] == [("REQUEST", uid(case.sessions[0], case.person.person_id), 1)]
    [sms] = case.world.phones.taken
    assert "Mon 9 Mar 09:30" in sms["text"]
    assert "Tue 10 Mar 09:30" in sms["text"]
    [to_facilitator] = case.mails_to(case.facilitator)
    assert [e[2] for e in events(to_facilitator)] == [1]


@pytest.mark.rule("M-03")
async def test_a_question_that_overtakes_its_session_waits_for_it() -> None:
    case = await Moved().begin()

    await case.world.told(case.asked())
    await case.world.send()
    assert (await case.world.notice("reconfirm_asked")).state == "waiting"
    assert case.world.mailbox.taken == []

    await case.world.told(a_move(case.offering, case.sessions[0], TUESDAY))
    await case.world.send()
    [mail] = case.mails_to(case.person)
    assert "Tuesday, 10 March" in text_of(mail)


async def test_a_minor_change_only_tells() -> None:
    case = await Moved().begin()

    await case.world.told(a_move(case.offering, case.sessions[0], MONDAY + HOUR / 2, material=False))
    await case.world.send()

    [mail] = case.mails_to(case.person)
    assert "10:00–13:00" in text_of(mail)
    assert "09:30–12:30" in text_of(mail)
    assert [event[2] for event in events(mail)] == [1]
    assert len(case.mails_to(case.facilitator)) == 1
    assert case.world.phones.taken == []


@pytest.mark.rule("M-03", "S-09")
async def test_two_changes_before_anything_was_sent_are_one_message_with_the_last_state() -> None:
    case = await Moved().begin()
    session = case.sessions[0]

    await case.world.told(a_move(case.offering, session, MONDAY + HOUR / 2, material=False))
    await case.world.told(a_move(case.offering, session, MONDAY + HOUR, material=False, revision=3))
    await case.world.send()

    [mail] = case.mails_to(case.person)
    assert "10:30–13:30" in text_of(mail)
    assert "10:00–13:00" not in text_of(mail)


async def test_a_change_told_with_the_confirmation_is_not_told_again() -> None:
    world, offering, person, session = World(), uuid4(), a_person(), a_session()
    await world.prepared(person, offering=offering, sessions=[session])
    place = Place(offering, person.person_id)

    await world.told(place.told(f.EnrolmentConfirmed))
    await world.told(a_move(offering, session, MONDAY + HOUR / 2, material=False))
    await world.send()

    [mail] = world.mailbox.mails
    assert "10:00–13:00" in text_of(mail)
    assert (await world.notice("session_rescheduled")).reason == "already-told"


async def test_who_is_confirmed_under_a_newer_timetable_is_not_told_of_it_twice() -> None:
    world, offering, person, session = World(), uuid4(), a_person(), a_session()
    await world.prepared(person, offering=offering, sessions=[session])

    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed, schedule_revision=2))
    await world.told(a_move(offering, session, MONDAY + HOUR / 2, material=False))
    await world.send()

    assert len(world.mailbox.taken) == 1
    assert await world.ledger(purpose="session_rescheduled") == []


async def test_a_cancelled_session_is_told_to_trainees_and_facilitators_and_struck_out() -> None:
    case = await Moved().begin()

    await case.world.told(facts.a_cancelled_session(case.offering, case.sessions[0]))
    await case.world.send()

    for person in (case.person, case.facilitator):
        [mail] = case.mails_to(person)
        assert [event[:3] for event in events(mail)] == [("CANCEL", uid(case.sessions[0], person.person_id), 1)]
    assert len(case.world.phones.taken) == 2


@pytest.mark.rule("M-03")
async def test_someone_who_was_told_nothing_yet_gets_only_the_final_state() -> None:
    world, offering, person, session = World(), uuid4(), a_person(), a_session()
    await world.prepared(person, offering=offering, sessions=[session, a_session(2)])
    place = Place(offering, person.person_id)

    await world.told(place.told(f.EnrolmentConfirmed))
    await world.told(facts.a_cancelled_session(offering, session))
    await world.send()

    [mail] = world.mailbox.mails
    assert [event[0] for event in events(mail)] == ["REQUEST"]
    assert (await world.notice("session_cancelled")).reason == "never-told"


@pytest.mark.rule("N1", "S-10")
async def test_who_has_a_phone_only_hears_of_a_cancelled_session_as_well() -> None:
    world, offering, person, session = World(), uuid4(), a_person(email=None), a_session()
    await world.prepared(person, offering=offering, sessions=[session, a_session(2)])
    await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed))
    await world.send()

    await world.told(facts.a_cancelled_session(offering, session))
    await world.send()

    assert (await world.notice("session_cancelled")).state == "sent"
    _, cancelled = world.phones.taken
    assert "9 Mar" in cancelled["text"], "which one"


@pytest.mark.rule("M-02", "M-03")
async def test_a_withdrawal_that_overtakes_its_confirmation_wins() -> None:
    world, offering, person = World(), uuid4(), a_person()
    await world.prepared(person, offering=offering, sessions=[a_session()])
    place = Place(offering, person.person_id)

    await world.told(place.told(f.EnrolmentConfirmed), place.told(f.EnrolmentWithdrawn))
    await world.send()

    [mail] = world.mailbox.mails
    assert mail["Subject"].startswith("Withdrawn")
    assert events(mail) == []
    assert (await world.notice("confirmed")).reason == "superseded"


@pytest.mark.rule("M-10")
async def test_who_comes_back_gets_a_higher_sequence_than_their_cancellation_had() -> None:
    case = await Moved().begin()

    await case.world.told(case.place.told(f.EnrolmentWithdrawn))
    await case.world.send()
    await case.world.told(case.place.told(f.EnrolmentConfirmed))
    await case.world.send()

    cancelled, again = case.mails_to(case.person)
    assert {event[2] for event in events(cancelled)} == {1}
    assert {event[2] for event in events(again)} == {2}


@pytest.mark.rule("N2", "M-10")
@pytest.mark.parametrize("tried", [False, True], ids=["never tried", "tried in vain"])
async def test_who_gave_up_a_place_and_waits_again_before_it_was_told_still_strikes_it_out(tried: bool) -> None:
    case = await Moved().begin()
    case.world.mailbox.next = [NotTaken("server-away")] if tried else []

    await case.world.told(case.place.told(f.EnrolmentWithdrawn))
    if tried:
        await case.world.send()
    await case.world.told(case.place.told(f.EnrolmentWaitlisted))
    await case.world.send()
    await case.world.later(timedelta(seconds=5))

    gone, waits = case.mails_to(case.person)
    assert [(event[0], event[2]) for event in events(gone)] == [("CANCEL", 1), ("CANCEL", 1)]
    assert events(waits) == []


@pytest.mark.rule("M-03", "N2")
async def test_who_gave_up_a_place_and_has_one_again_before_it_was_told_is_only_told_that() -> None:
    case = await Moved().begin()

    await case.world.told(case.place.told(f.EnrolmentWithdrawn), case.place.told(f.EnrolmentConfirmed))
    await case.world.send()

    [again] = case.mails_to(case.person)
    assert {event[0] for event in events(again)} <= {"REQUEST"}
    assert (await case.world.notice("withdrawn")).reason == "superseded"


@pytest.mark.rule("S-16")
async def test_everybody_is_shown_the_room_of_their_own_campus() -> None:
    world, offering = World(), uuid4()
    here, there = a_person(), a_person(campus="karaikal")
    session = a_session()
    session["sites"] = [
        {"campus": "puducherry", "room_label": "Hall", "online": False},
        {"campus": "karaikal", "room_label": "Lab", "online": False},
    ]
    await world.told(facts.a_campus("karaikal"))
    await world.prepared(here, there, offering=offering, sessions=[session])

    for person in (here, there):
        await world.told(Place(offering, person.person_id).told(f.EnrolmentConfirmed))
    await world.send()

    by_address = {mail["To"].addresses[0].addr_spec: text_of(mail) for mail in world.mailbox.mails}
    assert "Hall, Puducherry" in by_address[here.email]
    assert "Lab, Karaikal" in by_address[there.email]


@pytest.mark.rule("N2")
async def test_a_superseded_question_is_not_asked_but_the_calendar_follows() -> None:
    case = await Moved().begin()

    await case.world.told(a_move(case.offering, case.sessions[0], TUESDAY), case.asked())
    await case.world.told(case.place.told(f.EnrolmentReconfirmed))
    await case.world.send()

    [mail] = case.mails_to(case.person)
    assert [(method, sequence, start) for method, _, sequence, start in events(mail)] == [("REQUEST", 1, TUESDAY)]
    assert (await case.world.notice("reconfirm_asked")).reason == "superseded"
    assert (await case.world.notice("session_rescheduled", person_id=case.person.person_id)).state == "sent"
