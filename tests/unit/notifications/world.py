"""The service in memory: facts go in through its consumer, mails and SMS come out at catchers of our own."""

import base64
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

from icalendar import Calendar
from pydantic_core import to_jsonable_python

from common.auth import Verifier
from common.consumer import Consumer
from common.envelope import Envelope, Record
from common.event import IncomingEvent
from common.memory import MemoryBroker, MemoryDatabase
from notifications import bootstrap
from notifications.adapters.links import Ed25519Signer
from notifications.adapters.mongo import INDEXES
from notifications.adapters.previews import Previews
from notifications.adapters.templates import Catalogue
from notifications.adapters.writer import LetterWriter
from notifications.application.ports import AnswerLost, HandOverFailed, NotificationsTransaction
from notifications.application.queries import NoticeFilter, NoticeRow
from notifications.application.runtime import WaysOut
from notifications.domain.words import Actor, Language
from notifications.worker.fanouts import Fanouts
from notifications.worker.sender import Pace, Sender

from .facts import NOW, a_campus, a_course, a_draft, a_release

PUBLIC_URL = "http://gateway.test"
KEY = base64.urlsafe_b64encode(bytes(range(32))).rstrip(b"=").decode()
CATALOGUE = Catalogue()
WRITER = LetterWriter(CATALOGUE, "sangam@training.example")
COORDINATOR = Actor(kinds=frozenset({"institute_coordinator"}))
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class LostOnTheWay(AnswerLost):
    """What nobody knows: the message was not taken."""


class Fails:
    """What the next hand-overs meet, in order; a lost answer after the message was taken."""

    def __init__(self) -> None:
        self.next: list[HandOverFailed | None] = []

    def pop(self) -> HandOverFailed | None:
        return self.next.pop(0) if self.next else None


def _is_taken(failure: HandOverFailed | None) -> bool:
    return failure is None or (isinstance(failure, AnswerLost) and not isinstance(failure, LostOnTheWay))


class Mailbox(Fails):
    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[str, bytes]] = []

    async def send(self, to: str, message: bytes) -> None:
        failure = self.pop()
        if _is_taken(failure):
            self.taken.append((to, message))
        if failure:
            raise failure

    @property
    def mails(self) -> list[EmailMessage]:
        return [parsed(message) for _, message in self.taken]


class Phones(Fails):
    def __init__(self) -> None:
        super().__init__()
        self.taken: list[dict[str, str]] = []
        self.asked: list[str] = []

    async def send(self, reference: str, to: str, text: str, language: Language) -> str:
        failure = self.pop()
        if _is_taken(failure):
            self.taken.append({"reference": reference, "to": to, "text": text, "language": language})
        if failure:
            raise failure
        return reference

    async def known(self, reference: str) -> str | None:
        self.asked.append(reference)
        return reference if any(sms["reference"] == reference for sms in self.taken) else None


class World:
    def __init__(self, database: Any = None, ways_out: WaysOut | None = None) -> None:
        self.database = database or MemoryDatabase(INDEXES)
        self.now, self.real, self.ticks = NOW, NOW, 0.0
        self.mailbox, self.phones = Mailbox(), Phones()
        previews = Previews(WRITER, PUBLIC_URL)
        self.service, _ = bootstrap.wire(
            self.database, MemoryBroker(), lambda: self.now, Verifier([], "sangam"), previews
        )
        self.ways_out = ways_out or WaysOut(
            mailer=self.mailbox, sms=self.phones, writer=WRITER, signer=Ed25519Signer(KEY), public_url=PUBLIC_URL
        )
        self.consumer: Consumer[NotificationsTransaction]
        self.sender, self.fanouts, self.consumer = self.processes()
        self._sequences: Counter[str] = Counter()
        self._offsets: Counter[str] = Counter()

    def processes(self) -> tuple[Sender, Fanouts, Consumer[NotificationsTransaction]]:
        """As a worker starts them; another call is another worker on the same database."""
        return bootstrap.loops(
            self.service, self.ways_out, Pace(), monotonic=lambda: self.ticks, wall=lambda: self.real
        )

    def record(self, event: IncomingEvent, key: str | None = None) -> Record:
        """Numbered as its producer would."""
        key = key or _key(event)
        stream = f"{event.topic}/{key}"
        self._sequences[stream] += 1
        envelope = Envelope(
            id=uuid4(),
            type=event.event_type,
            source="/sangam/test",
            time=self.now,
            topic=event.topic,
            key=key,
            sequence=self._sequences[stream],
            correlation_id=uuid4(),
            causation_id=uuid4(),
            traceparent=TRACE,
            data=json.dumps(to_jsonable_python(event)).encode(),
        )
        self._offsets[event.topic] += 1
        return Record(event.topic, 0, self._offsets[event.topic] - 1, envelope.data, envelope.headers())

    async def gone(self, state: IncomingEvent) -> None:
        """A tombstone for what this state told of."""
        await self.took(replace(self.record(state), value=None))

    async def told(self, *events: IncomingEvent) -> None:
        for event in events:
            await self.took(self.record(event))

    async def prepared(self, *people: IncomingEvent, offering: UUID, sessions: Sequence[dict[str, Any]] = ()) -> None:
        """A campus, the course, these people, the offering, and its timetable when there are sessions; mails sent."""
        await self.told(a_campus(), a_course(), *people, a_draft(offering))
        if sessions:
            await self.told(a_release(offering, *sessions))
        await self.send()
        self.mailbox.taken.clear()
        self.phones.taken.clear()

    async def took(self, record: Record) -> None:
        handled = await self.consumer.handle([record])
        assert handled.held is None, handled.held

    async def send(self, sender: Sender | None = None) -> None:
        """Until nothing is left that can go out now."""
        sender = sender or self.sender
        while True:
            while await self.fanouts.turn():
                pass
            claims = await sender.claim()
            await sender.settle()
            if not (claims.mine or claims.more):
                return

    async def later(self, real: timedelta) -> None:
        """Real time passes, for leases and pauses; the domain's clock stands."""
        self.real += real
        self.ticks += real.total_seconds()
        await self.send()

    async def ledger(self, actor: Actor = COORDINATOR, **wanted: Any) -> list[NoticeRow]:
        page = await self.service.queries.list_notices(actor, NoticeFilter(**wanted), limit=200, after=None)
        return page.items

    async def notice(self, purpose: str, **wanted: Any) -> NoticeRow:
        [row] = await self.ledger(purpose=purpose, **wanted)
        return row


def _key(event: IncomingEvent) -> str:
    for name in ("offering_id", "campus"):
        if name == "offering_id" and hasattr(event, "certificate_id"):
            continue
        if hasattr(event, name) and (name != "campus" or event.topic == "campuses"):
            return str(getattr(event, name))
    return str(getattr(event, "person_id", None) or getattr(event, "course_id", None))


def parsed(message: bytes) -> EmailMessage:
    found = message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def invitations(mail: EmailMessage) -> list[Calendar]:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendars = []
    for part in parts:
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        calendar = Calendar.from_ical(content)
        assert str(part.get_param("method")) == calendar["METHOD"]
        calendars.append(calendar)
    return calendars


def events(mail: EmailMessage) -> list[tuple[str, str, int, datetime]]:
    """Method, UID, SEQUENCE and start of each calendar part."""
    found = []
    for calendar in invitations(mail):
        [event] = calendar.walk("VEVENT")
        found.append((str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"]), event.decoded("DTSTART")))
    return found


def uid(session: dict[str, Any], person_id: UUID) -> str:
    return f"{session['session_id']}.{person_id}@sangam"


def subjects(mails: Sequence[EmailMessage]) -> list[str]:
    return [str(mail["Subject"]) for mail in mails]
