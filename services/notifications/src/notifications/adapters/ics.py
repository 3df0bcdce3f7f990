"""Calendar parts: one REQUEST or CANCEL per session and person (RFC 5545, 5546, 6047), always the same bytes.

Lines are written by hand, what all recipients of a session share only once: the library takes a millisecond for each.
"""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone

from notifications.application.letter import Letter, Meeting
from notifications.domain.timetable import Slot

_HEAD = b"".join(
    [
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sangam//Training coordination//EN\r\n",
        b"CALSCALE:GREGORIAN\r\nMETHOD:%s\r\n",
    ]
)
_TAIL = b"END:VEVENT\r\nEND:VCALENDAR\r\n"
_TZ_FROM = date(2020, 1, 1)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def method(meeting: Meeting) -> str:
    return "CANCEL" if meeting.cancelled else "REQUEST"


def calendar(letter: Letter, meeting: Meeting, organizer: str) -> bytes:
    """One VEVENT under its stable UID, with the zone it is in."""
    summary = f"{letter.course}: {meeting.title}" if meeting.title else letter.course
    own = (
        f"UID:{meeting.uid}",
        f"SEQUENCE:{meeting.sequence}",
        f"DTSTAMP:{letter.at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"ATTENDEE;CN={_quoted(letter.name)};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE"
        f":mailto:{letter.email}",
    )
    head = _HEAD % method(meeting).encode() + _zone(meeting.slot.zone) + b"BEGIN:VEVENT\r\n"
    shared = _shared(meeting.slot, summary, meeting.venue, meeting.cancelled, organizer)
    return b"".join([head, *map(_line, own), shared, _TAIL])


@lru_cache(512)
def _shared(slot: Slot, summary: str, venue: str, cancelled: bool, organizer: str) -> bytes:
    lines = [
        f"DTSTART;TZID={slot.zone}:{_local(slot.start, slot.zone)}",
        f"DTEND;TZID={slot.zone}:{_local(slot.end, slot.zone)}",
        f"SUMMARY:{summary.translate(_ESCAPED)}",
        *([f"LOCATION:{venue.translate(_ESCAPED)}"] if venue else []),
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"TRANSP:{'TRANSPARENT' if cancelled else 'OPAQUE'}",
        f"ORGANIZER;CN=Sangam:mailto:{organizer}",
    ]
    return b"".join(map(_line, lines))


@lru_cache(64)
def _zone(name: str) -> bytes:
    return bytes(Timezone.from_tzid(name, first_date=_TZ_FROM).to_ical())


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"


def _quoted(name: str) -> str:
    """A parameter value cannot hold a double quote (RFC 5545, 3.2)."""
    return '"' + name.replace('"', "'") + '"'


def _line(text: str) -> bytes:
    """Folded after at most 75 octets, never inside a character (RFC 5545, 3.1)."""
    raw = text.encode()
    if len(raw) <= 75:
        return raw + b"\r\n"
    folded, start, room = [], 0, 75
    while start < len(raw):
        end = min(start + room, len(raw))
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        folded.append(raw[start:end])
        start, room = end, 74
    return b"\r\n ".join(folded) + b"\r\n"
