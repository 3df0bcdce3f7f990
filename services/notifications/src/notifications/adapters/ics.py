"""Calendar parts: one REQUEST or CANCEL per session and person (RFC 5545, 5546, 6047), always the same bytes."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from notifications.application.letter import Letter, Meeting

_TZ_FROM = date(2020, 1, 1)


def method(meeting: Meeting) -> str:
    return "CANCEL" if meeting.cancelled else "REQUEST"


def calendar(letter: Letter, meeting: Meeting, organizer: str) -> bytes:
    """One VEVENT under its stable UID, with the zone it is in."""
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", letter.at.replace(microsecond=0))
    event.add("dtstart", _local(meeting.slot.start, meeting.slot.zone))
    event.add("dtend", _local(meeting.slot.end, meeting.slot.zone))
    event.add("summary", f"{letter.course}: {meeting.title}" if meeting.title else letter.course)
    if meeting.venue:
        event.add("location", meeting.venue)
    event.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if meeting.cancelled else "OPAQUE")
    event.add("organizer", _address(organizer, "Sangam"))
    event.add("attendee", _attendee(letter))
    whole = Calendar()
    whole.add("prodid", "-//Sangam//Training coordination//EN")
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", method(meeting))
    head, end = whole.to_ical().split(b"END:VCALENDAR")
    return b"".join([head, _zone(meeting.slot.zone), event.to_ical(), b"END:VCALENDAR", end])


@lru_cache(64)
def _zone(name: str) -> bytes:
    return bytes(Timezone.from_tzid(name, first_date=_TZ_FROM).to_ical())


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(microsecond=0)


def _address(address: str, name: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    found.params["CN"] = vText(name)
    return found


def _attendee(letter: Letter) -> vCalAddress:
    found = _address(letter.email, letter.name)
    found.params["CUTYPE"] = vText("INDIVIDUAL")
    found.params["ROLE"] = vText("REQ-PARTICIPANT")
    found.params["PARTSTAT"] = vText("NEEDS-ACTION")
    found.params["RSVP"] = vText("FALSE")
    return found
