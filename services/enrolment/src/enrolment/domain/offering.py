"""One dated run of a course: its window, policies and life cycle. Every decision about a seat saves this document."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from enrolment.domain.approval import Policy
from enrolment.domain.completion import PlannedSession
from enrolment.domain.errors import BadWindow, OfferingNotOpen, OfferingState, WindowClosed
from enrolment.domain.shares import Share
from enrolment.domain.words import Actor

State = Literal["draft", "open", "closed", "running", "completed", "cancelled"]
Promotion = Literal["offer", "confirm"]
Silence = Literal["keep", "lapse"]
FollowUp = Literal["promote", "ask", "lapse", "complete", "cancel"]

UNDER_WAY = frozenset({"open", "closed", "running"})


@dataclass(frozen=True, slots=True)
class Change:
    """The material change of the timetable that everybody confirmed is still to be asked about."""

    session_id: UUID
    session_revision: int
    schedule_revision: int
    start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """How this run admits people, promotes those who wait, and asks again."""

    approval: Policy = "none"
    promotion: Promotion = "offer"
    offer_hours: int = 24
    lead_hours: int = 24
    reconfirm_hours: int = 48
    reconfirm_silence: Silence = "keep"
    waitlist_limit: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """`starts` is that of its first released, uncancelled session; unknown, it suspends every limit relative to it.

    `follow_ups` is work that was decided here and is still being done in chunks. `waiting_for` is the schedule revision
    that has to come before the offering can be concluded, 0 for none.
    """

    id: UUID
    version: int = 0
    course_id: UUID
    label: str
    owner_campus: str
    language: str
    campuses: tuple[str, ...]
    shares: dict[str, Share]
    earliest_start: date
    window_opens: datetime
    window_closes: datetime
    cutoff: datetime
    release_at: datetime | None = None
    released: bool = False
    minimum: int | None = None
    policies: Policies = field(default_factory=Policies)
    state: State = "draft"
    next_queue_no: int = 1
    starts: datetime | None = None
    schedule_revision: int = 0
    change: Change | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    waiting_for: int = 0
    waiting_since: datetime | None = None

    @property
    def seats(self) -> int:
        return sum(share.seats for share in self.shares.values())

    def visible_to(self, actor: Actor) -> bool:
        return actor.is_coordinator or actor.is_operator or not actor.campuses.isdisjoint(self.campuses)

    def check_window(self) -> None:
        if self.window_opens >= self.window_closes:
            raise BadWindow(opens=self.window_opens.isoformat(), closes=self.window_closes.isoformat())

    def check_takes_requests(self, at: datetime) -> None:
        """Instants decide, not whether a timer has run (N-07). Raises OfferingNotOpen, WindowClosed."""
        if self.state not in ("open", "closed"):
            raise OfferingNotOpen(state=self.state)
        if self.state == "closed" or not self.window_opens <= at <= self.window_closes:
            raise WindowClosed(opens=self.window_opens.isoformat(), closes=self.window_closes.isoformat())
        if self.has_started(at):
            raise OfferingNotOpen(state="running")

    def check_not_started(self, at: datetime) -> None:
        """Late approvals are given until the start; after it everybody who waits has lapsed."""
        if self.state not in ("open", "closed") or self.has_started(at):
            raise OfferingNotOpen(state=self.state)

    def check_not_cancelled(self) -> None:
        """The offering says so for everybody in it, before their own documents do."""
        if self.state == "cancelled":
            raise OfferingState(state=self.state)

    def has_started(self, at: datetime) -> bool:
        return self.starts is not None and at >= self.starts

    def may_promote(self, at: datetime) -> bool:
        """E-08: never when draft, closed or started, nor inside the minimum lead time."""
        return self.state == "open" and at < self.latest_offer

    @property
    def latest_offer(self) -> datetime:
        if self.starts is None:
            return self.window_closes
        return min(self.window_closes, self.starts - timedelta(hours=self.policies.lead_hours))

    def merged(self, at: datetime) -> bool:
        """E-12: from the release time on, every share's seats and queue are one."""
        return self.release_at is not None and at >= self.release_at

    def open(self) -> "Offering":
        return self._life("open", "draft")

    def close(self) -> "Offering":
        return self._life("closed", "open")

    def start(self) -> "Offering":
        return self._life("running", "open", "closed").with_follow_up("lapse")

    def complete(self) -> "Offering":
        return self._life("completed", "open", "closed", "running")

    def cancel(self, at: datetime) -> "Offering":
        """S-10: refused after the start; everybody active follows in chunks."""
        if self.has_started(at):
            raise OfferingState(state="running")
        return replace(self._life("cancelled", "draft", "open", "closed"), follow_ups=("cancel",))

    def with_schedule(self, revision: int, sessions: Iterable[PlannedSession]) -> "Offering":
        starts = min((session.start for session in sessions if not session.cancelled), default=None)
        known = max(revision, self.schedule_revision)
        after = replace(self, schedule_revision=known, starts=starts)
        return after if after.waiting_for > known else replace(after, waiting_for=0, waiting_since=None)

    def awaiting(self, revision: int, now: datetime) -> "Offering":
        """Somebody took attendance under this timetable: nothing is concluded from an older one."""
        if revision <= max(self.schedule_revision, self.waiting_for) or self.state not in UNDER_WAY:
            return self
        return replace(self, waiting_for=revision, waiting_since=self.waiting_since or now)

    def with_follow_up(self, what: FollowUp) -> "Offering":
        return self if what in self.follow_ups else replace(self, follow_ups=(*self.follow_ups, what))

    def without_follow_up(self, what: FollowUp) -> "Offering":
        return replace(self, follow_ups=tuple(other for other in self.follow_ups if other != what))

    def take_number(self) -> "tuple[Offering, int]":
        """E-01: numbers are never given twice and never change."""
        return replace(self, next_queue_no=self.next_queue_no + 1), self.next_queue_no

    def _life(self, to: State, *allowed: State) -> "Offering":
        if self.state not in allowed:
            raise OfferingState(state=self.state)
        return replace(self, state=to)
