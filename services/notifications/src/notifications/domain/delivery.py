"""One channel of a notice: who is handing it over, how often it was tried, and how it ended."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from notifications.domain.said import Said
from notifications.domain.words import Channel

State = Literal["waiting", "due", "sending", "sent", "failed", "dropped"]

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
UNDER_WAY = AT_ONCE - timedelta(days=1)
LOOK_AGAIN = timedelta(seconds=10)
PATIENCE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which fact it speaks of; revisions are those the fact named."""

    fact_revision: int = 0
    enrolment_id: UUID | None = None
    session_id: UUID | None = None
    certificate_id: UUID | None = None
    session_revision: int = 0
    schedule_revision: int = 0


def delivery_id(notice_id: UUID | str, channel: str) -> str:
    return f"{notice_id}|{channel}"


def reference(notice_id: UUID, channel: str) -> str:
    return f"{notice_id}.{channel}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`id` is a `delivery_id`. At most one per person, `thread` and channel is being sent at any time.

    `sequence` is the fact's number in its stream of `topic`. `next_at` and `waiting_since` are real time, everything
    else the domain's. `doubt`: an answer was lost, so that the provider may have it already.
    """

    id: str
    version: int = 0
    notice_id: UUID
    person_id: UUID
    purpose: str
    channel: Channel
    thread: str
    offering_id: UUID | None
    about: About
    created_at: datetime
    topic: str = ""
    sequence: int = 0
    not_after: datetime
    traceparent: str | None = None
    correlation_id: UUID | None = None
    state: State = "due"
    open: bool = True
    reason: str = ""
    attempts: int = 0
    lost_answers: int = 0
    doubt: bool = False
    owner: str | None = None
    next_at: datetime = AT_ONCE
    waiting_since: datetime | None = None
    said: Said | None = None
    provider_reference: str | None = None
    sent_at: datetime | None = None

    @property
    def reference(self) -> str:
        """What the provider knows it by; the same for every attempt."""
        return reference(self.notice_id, self.channel)

    @property
    def line(self) -> tuple[UUID, str, str]:
        return self.person_id, self.thread, self.channel

    def impatient(self, real_now: datetime) -> bool:
        return self.waiting_since is not None and real_now - self.waiting_since >= PATIENCE

    def claim(self, owner: str, said: Said) -> "Delivery":
        """Until its end it comes before all that waits, so that nobody who looks for work can miss it."""
        attempts = self.attempts + 1
        return replace(
            self,
            state="sending",
            reason="",
            owner=owner,
            attempts=attempts,
            said=said,
            waiting_since=None,
            next_at=UNDER_WAY,
        )

    def wait(self, what: str, real_now: datetime) -> "Delivery":
        since = self.waiting_since or real_now
        return replace(
            self, state="waiting", reason=f"waiting-for-{what}", next_at=real_now + LOOK_AGAIN, waiting_since=since
        )

    def sent(self, reference: str, at: datetime) -> "Delivery":
        return replace(
            self, state="sent", open=False, reason="", owner=None, provider_reference=reference, sent_at=at, doubt=False
        )

    def again(self, reason: str, real_now: datetime, jitter: float, *, lost: bool = False) -> "Delivery":
        """Try later: 2 s, 4 s, … five minutes, less up to half by `jitter` (0 to 1). Lost: it may have arrived."""
        pause = min(timedelta(seconds=2 ** min(self.attempts, 10)), LONGEST_PAUSE) * (0.5 + jitter / 2)
        return replace(
            self,
            state="due",
            reason=reason,
            owner=None,
            next_at=real_now + pause,
            lost_answers=self.lost_answers + lost,
            doubt=self.doubt or lost,
        )

    def lapse(self, real_now: datetime) -> "Delivery":
        """Its sender was not heard of for a whole lease: the answer counts as lost, and it is anybody's at once."""
        lapsed = self.again("answer-lost", real_now, 0, lost=True)
        return replace(lapsed, next_at=AT_ONCE)

    def fail(self, reason: str) -> "Delivery":
        return replace(self, state="failed", open=False, reason=reason, owner=None)

    def drop(self, reason: str) -> "Delivery":
        return replace(self, state="dropped", open=False, reason=reason, owner=None)


def in_order(line: Iterable[Delivery]) -> list[Delivery]:
    """As the facts came to be: those of one topic by number, whatever clocks said; between topics by time (M-03)."""
    topics: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in sorted(line, key=lambda delivery: delivery.sequence, reverse=True):
        topics[delivery.topic].append(delivery)
    found = []
    while waiting := [deliveries for deliveries in topics.values() if deliveries]:
        found.append(min(waiting, key=lambda deliveries: deliveries[-1].created_at).pop())
    return found
