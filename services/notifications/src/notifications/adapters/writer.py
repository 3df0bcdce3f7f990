"""Letters in their form: a mail in bytes, an SMS that keeps to its segments."""

from collections.abc import Iterator, Mapping
from typing import Any

from notifications.adapters import dates, ics, mime
from notifications.adapters.templates import Catalogue, Rendered
from notifications.application.letter import Letter, Meeting
from notifications.domain.errors import TooManySegments
from notifications.domain.purposes import PURPOSES
from notifications.domain.segments import cost
from notifications.domain.words import Language

_PLAINER = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " "})


class LetterWriter:
    """`sender` is the address that mails come from and that organizes calendar entries."""

    def __init__(self, catalogue: Catalogue, sender: str) -> None:
        self._catalogue, self._sender = catalogue, sender

    def message_id(self, letter: Letter) -> str:
        """The same for every attempt (M-12)."""
        return f"<{letter.id}@{self._sender.rpartition('@')[2]}>"

    def email(self, letter: Letter) -> bytes:
        """Raises UnsafeHeader."""
        name, address = mime.safe(letter.name), mime.safe(letter.email)
        rendered = self.rendered(letter)
        invitations = [
            mime.Invitation(ics.method(meeting), ics.calendar(letter, meeting, self._sender))
            for meeting in letter.meetings
            if meeting.uid
        ]
        return mime.to_bytes(
            mime.Message(
                sender=self._sender,
                to=address,
                to_name=name,
                subject=rendered.subject,
                message_id=self.message_id(letter),
                at=letter.at,
                language=letter.language,
                text=rendered.text,
                html=rendered.html,
                invitations=invitations,
                token=letter.notice_id.hex,
            )
        )

    def rendered(self, letter: Letter) -> Rendered:
        return self._catalogue.email(letter.purpose, letter.language, _values(letter, letter.course))

    def sms(self, letter: Letter) -> str:
        """A title that is too long is cut, then the course's code stands for it. Raises TooManySegments."""
        for title in _ever_shorter(letter):
            text = self._catalogue.sms(letter.purpose, letter.language, _values(letter, title))
            if text is None:
                break
            text = text.translate(_PLAINER)
            if cost(text).segments <= letter.segments:
                return text
        raise TooManySegments(limit=letter.segments)


def _ever_shorter(letter: Letter) -> Iterator[str]:
    yield letter.course
    for length in (40, 24):
        if len(letter.course) > length:
            yield letter.course[: length - 2].rstrip() + ".."
    if letter.code:
        yield letter.code


def _values(letter: Letter, course: str) -> Mapping[str, Any]:
    language = letter.language
    meetings = [_meeting(meeting, language) for meeting in letter.meetings]
    standing = [meeting for meeting in meetings if not meeting["cancelled"]]
    return {
        "name": letter.name,
        "trainee": letter.trainee,
        "course": course,
        "label": letter.label,
        "campus": letter.campus,
        "meetings": meetings,
        "standing": standing,
        "first": next(iter(standing or meetings), None),
        "deadline": dates.moment(letter.deadline, letter.zone, language) if letter.deadline else None,
        "deadline_short": dates.short(letter.deadline, letter.zone, language) if letter.deadline else None,
        "rank": letter.rank,
        "because": letter.because,
        "state": letter.state,
        "facilitator": letter.facilitator,
        "link": letter.link,
        "about_others": PURPOSES[letter.purpose].about_others,
        "dated": PURPOSES[letter.purpose].sessions in ("shown", "invited") and letter.purpose != "assigned",
    }


def _meeting(meeting: Meeting, language: Language) -> Mapping[str, Any]:
    slot, was = meeting.slot, meeting.was
    return {
        "title": meeting.title,
        "when": dates.span(slot.start, slot.end, slot.zone, language),
        "short": dates.short(slot.start, slot.zone, language),
        "venue": meeting.venue,
        "online": bool(slot.site and slot.site.online),
        "was": dates.span(was.start, was.end, was.zone, language) if was else None,
        "was_short": dates.short(was.start, was.zone, language) if was else None,
        "was_venue": meeting.was_venue if was and meeting.was_venue != meeting.venue else "",
        "cancelled": meeting.cancelled,
    }
