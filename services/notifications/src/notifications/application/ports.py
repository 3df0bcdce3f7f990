"""What use cases need from outside: a transaction over our documents, the read side, and the ways out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from common.repository import Repository
from common.transaction import Transaction
from notifications.application.letter import Letter
from notifications.application.queries import (
    Counts,
    FanoutRow,
    NoticeFilter,
    NoticeRow,
    Page,
    TemplatePreview,
    TemplateRow,
)
from notifications.domain.calendar_item import CalendarItem
from notifications.domain.copies import Campus, Certificate, Course, Enrolment, Offering, Person
from notifications.domain.delivery import Delivery
from notifications.domain.fanout import Fanout
from notifications.domain.links import Claims
from notifications.domain.notice import Notice
from notifications.domain.timetable import Timetable
from notifications.domain.words import Actor, Language


class NotificationsTransaction(Transaction):
    @property
    def people(self) -> Repository[Person]:
        return self.repository(Person, "people")

    @property
    def courses(self) -> Repository[Course]:
        return self.repository(Course, "courses")

    @property
    def campuses(self) -> Repository[Campus]:
        return self.repository(Campus, "campuses")

    @property
    def offerings(self) -> Repository[Offering]:
        return self.repository(Offering, "offerings")

    @property
    def timetables(self) -> Repository[Timetable]:
        return self.repository(Timetable, "timetables")

    @property
    def enrolments(self) -> Repository[Enrolment]:
        return self.repository(Enrolment, "enrolments")

    @property
    def certificates(self) -> Repository[Certificate]:
        return self.repository(Certificate, "certificates")

    @property
    def notices(self) -> Repository[Notice]:
        return self.repository(Notice, "notices")

    @property
    def deliveries(self) -> Repository[Delivery]:
        return self.repository(Delivery, "deliveries")

    @property
    def items(self) -> Repository[CalendarItem]:
        return self.repository(CalendarItem, "calendar_items")

    @property
    def fanouts(self) -> Repository[Fanout]:
        return self.repository(Fanout, "fanouts")


class HandOverFailed(Exception):
    """`reason` is a code for the ledger, never a provider's text: that may quote an address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotTaken(HandOverFailed):
    """It certainly was not taken; trying again is safe."""


class Refused(HandOverFailed):
    """It will never be taken."""


class AnswerLost(HandOverFailed):
    """It may have been taken."""


class Mailer(Protocol):
    async def send(self, to: str, message: bytes) -> None:
        """Returns when the server took it. Raises NotTaken, Refused, AnswerLost."""
        ...


class SmsProvider(Protocol):
    async def send(self, reference: str, to: str, text: str, language: Language) -> str:
        """The provider's reference. Raises NotTaken, Refused, AnswerLost."""
        ...

    async def known(self, reference: str) -> str | None:
        """What the provider has under our reference. Raises NotTaken: it cannot be asked now."""
        ...


class LinkSigner(Protocol):
    def sign(self, claims: Claims) -> str:
        """The compact token that goes into `?t=`."""
        ...


class Writer(Protocol):
    """Turns a letter into what goes over the wire; the same letter always becomes the same bytes."""

    def message_id(self, letter: Letter) -> str:
        """By which mailboxes and the ledger know it, attempt after attempt."""
        ...

    def email(self, letter: Letter) -> bytes: ...

    def sms(self, letter: Letter) -> str: ...


class Queries(Protocol):
    """Reads for lists and pages: straight from the database to rows, past the domain, always for an actor."""

    async def list_notices(
        self, actor: Actor, wanted: NoticeFilter, *, limit: int, after: str | None
    ) -> Page[NoticeRow]: ...

    async def get_notice(self, actor: Actor, notice_id: UUID) -> NoticeRow: ...

    async def count_notices(self, actor: Actor, offering_id: UUID) -> Sequence[Counts]: ...

    async def unfinished_fanouts(self) -> Sequence[FanoutRow]: ...

    async def enrolments_of(
        self, offering_id: UUID, states: Sequence[str], *, after: str, limit: int
    ) -> Sequence[UUID]: ...

    async def counts_by_state(self, states: Sequence[str]) -> dict[str, int]: ...

    async def waiting_since_before(self, instant: datetime) -> int: ...

    async def oldest_due(self) -> datetime | None:
        """When the oldest message was made that could be handed over, or is being; None when all are."""
        ...


class Templates(Protocol):
    def list(self) -> Sequence[TemplateRow]: ...

    def preview(self, purpose: str, language: str) -> TemplatePreview:
        """Raises UnknownTemplate."""
        ...
