"""What the mail catcher has received, read as RFC 5322 source and parsed by other people's libraries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

import httpx
from icalendar import Calendar


@dataclass(frozen=True, slots=True)
class Invitation:
    """One VEVENT of one calendar part; instants with their zone."""

    method: str
    uid: str
    sequence: int
    start: datetime
    end: datetime
    status: str
    attendees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted hand-over; the same Message-ID twice is the same message handed over twice."""

    message_id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    invitations: tuple[Invitation, ...]


@dataclass(slots=True)
class Mailbox:
    """maildev's HTTP page for programs; every mail is fetched and parsed once."""

    http: httpx.AsyncClient
    skip: int = 0
    _read: list[Mail] = field(default_factory=list)

    async def start_here(self) -> None:
        """What arrived before belongs to an earlier time."""
        self._read.clear()
        self.skip = len((await self.http.get("/email")).raise_for_status().json())

    async def messages(self) -> list[Mail]:
        """Everything since the start, in order of arrival."""
        listed = await self.http.get("/email", params={"skip": self.skip + len(self._read)})
        for item in listed.raise_for_status().json():
            source = await self.http.get(f"/email/{item['id']}/source")
            self._read.append(parse(source.raise_for_status().content))
        return list(self._read)


def parse(source: bytes) -> Mail:
    """Raises what the libraries raise: a message that cannot be parsed is a fault of the sender."""
    message = message_from_bytes(source, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return Mail(
        message_id=str(message["Message-ID"]),
        to=tuple(address for _, address in getaddresses([str(value) for value in message.get_all("To", [])])),
        subject=str(message["Subject"]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        invitations=tuple(_invitations(message)),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _invitations(message: EmailMessage) -> Iterator[Invitation]:
    for part in message.walk():
        if part.get_content_type() != "text/calendar":
            continue
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        calendar = Calendar.from_ical(content)
        method = str(calendar["METHOD"])
        if (declared := part.get_param("method")) is not None and str(declared).upper() != method:
            raise ValueError(f"the part says {declared}, its calendar says {method} (RFC 6047, 2.4)")
        for event in calendar.walk("VEVENT"):
            attendees = event.get("ATTENDEE", [])
            yield Invitation(
                method=method,
                uid=str(event["UID"]),
                sequence=int(event.get("SEQUENCE", 0)),
                start=event.decoded("DTSTART"),
                end=event.decoded("DTEND"),
                status=str(event.get("STATUS", "")),
                attendees=tuple(
                    str(each).lower().removeprefix("mailto:")
                    for each in (attendees if isinstance(attendees, list) else [attendees])
                ),
            )
