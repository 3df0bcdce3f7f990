"""The rows that reads answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    items: list[Row]
    next: str | None


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    person_id: UUID | None = None
    offering_id: UUID | None = None
    purpose: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """`reference` is ours, the same for every attempt; with `lost_answers` even one that was dropped may have come."""

    channel: str
    reference: str
    state: str
    attempts: int
    provider_reference: str | None
    reason: str
    sent_at: datetime | None
    lost_answers: int


@dataclass(frozen=True, slots=True)
class NoticeRow:
    id: UUID
    person_id: UUID
    purpose: str
    subject: UUID
    revision: str
    offering_id: UUID | None
    state: str
    reason: str
    created_at: datetime
    not_after: datetime
    trace_id: str | None
    deliveries: list[DeliveryRow]


@dataclass(frozen=True, slots=True)
class Counts:
    purpose: str
    states: dict[str, int]


@dataclass(frozen=True, slots=True)
class TemplateRow:
    purpose: str
    languages: list[str]
    channels: list[str]


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """M-07: what it looks like with example values, and what the SMS costs."""

    subject: str
    text: str
    html: str
    sms: str | None
    segments: int
    encoding: str | None


@dataclass(frozen=True, slots=True)
class FanoutRow:
    """What is left to do of a fact that concerns many, and the cause to do it for."""

    id: str
    offering_id: UUID
    states: list[str]
    after: str
    origin: str
    traceparent: str | None
    correlation_id: UUID
