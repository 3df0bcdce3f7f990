"""Mails as others read them: parsed by the standard library and by icalendar."""

import dataclasses
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.adapters import ics
from notifications.adapters.previews import example
from notifications.domain.errors import UnsafeHeader
from notifications.domain.words import LANGUAGES, Language

from .world import WRITER, invitations, parsed, text_of

URL = "https://sangam.example.org"


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_are_whole_and_in_order(language: Language) -> None:
    letter = example("confirmed", language, URL)

    mail = parsed(WRITER.email(letter))

    assert mail["Message-ID"] == WRITER.message_id(letter)
    assert mail["From"].addresses[0].addr_spec == "sangam@training.example"
    assert _display_name(WRITER.email(letter)) == letter.name
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == letter.at
    assert letter.course in mail["Subject"]
    assert mail["List-Unsubscribe"] is None
    assert all(len(line) <= 998 for line in WRITER.email(letter).split(b"\r\n"))


@pytest.mark.rule("M-10")
def test_one_session_is_an_alternative_and_more_are_attached() -> None:
    letter = example("confirmed", "ta", URL)
    [meeting] = letter.meetings
    second = dataclasses.replace(meeting, uid="other@sangam")

    one = parsed(WRITER.email(letter))
    two = parsed(WRITER.email(dataclasses.replace(letter, meetings=(meeting, second))))

    kinds = [part.get_content_type() for part in one.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert [part.get_content_type() for part in two.walk()] == ["multipart/mixed", *kinds, "text/calendar"]
    assert [part.get_filename() for part in two.iter_attachments()][-1] == "session-2.ics"


@pytest.mark.rule("M-10")
@pytest.mark.parametrize(("purpose", "method", "status"), [
    ("confirmed", "REQUEST", "CONFIRMED"),
    ("session_cancelled", "CANCEL", "CANCELLED"),
])  # fmt: skip
def test_a_calendar_part_has_what_rfc_5546_asks_for(purpose: str, method: str, status: str) -> None:
    letter = example(purpose, "ta", URL)
    [meeting] = letter.meetings

    [calendar] = invitations(parsed(WRITER.email(letter)))

    [event] = calendar.walk("VEVENT")
    assert (calendar["METHOD"], calendar["VERSION"], event["STATUS"]) == (method, "2.0", status)
    assert event["UID"] == meeting.uid
    assert event["SEQUENCE"] == meeting.sequence
    assert event.decoded("DTSTART") == meeting.slot.start
    assert event.decoded("DTSTART").tzinfo is not None
    assert event["DTSTART"].params["TZID"] == "Asia/Kolkata"
    assert event.decoded("DTSTAMP") == letter.at
    assert event["ORGANIZER"] == "mailto:sangam@training.example"
    assert event["ATTENDEE"] == f"mailto:{letter.email}"
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert event["LOCATION"] == meeting.venue
    assert letter.course in str(event["SUMMARY"])
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Kolkata"


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200))
def test_whatever_a_title_holds_a_calendar_reader_gets_it_back(text: str) -> None:
    letter = dataclasses.replace(example("confirmed", "ta", URL), course=f"{text};,\\\n{text}")

    content = ics.calendar(letter, letter.meetings[0], "sangam@training.example")

    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["SUMMARY"]) == f"{letter.course}: {letter.meetings[0].title}"
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_a_retry_keeps_its_bytes() -> None:
    letter = example("confirmed", "hi", URL)

    assert WRITER.email(letter) == WRITER.email(dataclasses.replace(letter))


@pytest.mark.parametrize("field", ["name", "email"])
@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\x00"])
def test_no_line_break_reaches_a_header(field: str, breaks: str) -> None:
    letter = dataclasses.replace(example("confirmed", "en", URL), **{field: f"a@b.example{breaks}Bcc: c@d.example"})

    with pytest.raises(UnsafeHeader):
        WRITER.email(letter)


def test_a_long_subject_in_tamil_is_folded_and_comes_back() -> None:
    letter = dataclasses.replace(example("confirmed", "ta", URL), course="கர்மயோகி முதன்மைப் பயிற்சியாளர் " * 6)

    mail = parsed(WRITER.email(letter))

    assert mail["Subject"].endswith(letter.course.strip())


def test_old_and_new_time_stand_beside_each_other() -> None:
    letter = example("reconfirm_asked", "en", URL)
    [meeting] = letter.meetings
    assert meeting.was
    assert meeting.slot.start - meeting.was.start == timedelta(days=1)

    text = text_of(parsed(WRITER.email(letter)))

    assert "Sunday, 1 March 2026, 10:00–13:00 IST" in text
    assert "Monday, 2 March 2026, 10:00–13:00 IST" in text


def _display_name(message: bytes) -> str:
    """By the older parser: the newer one of Python 3.11 puts a space too many between two encoded words."""
    raw = message_from_bytes(message)["To"]
    [(name, _)] = getaddresses([str(raw)])
    return str(make_header(decode_header(name)))
