"""The rows that reads answer."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Generic, TypeVar
from uuid import UUID

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Rows(Generic[Row]):
    items: list[Row]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    id: UUID
    version: int
    employee_id: str
    names: dict[str, str]
    campus: str
    department: str
    cadre: str
    email: str | None
    phone: str | None
    languages: list[str]
    supervisor_id: UUID | None
    deputy_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeRow:
    id: UUID
    version: int
    code: str
    titles: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    part: int
    titles: dict[str, str]
    day: int
    start: time
    minutes: int
    mandatory: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    id: UUID
    version: int
    code: str
    programme_id: UUID
    titles: dict[str, str]
    session_plan: list[PartRow]
    min_attendance_percent: int
    needs_acceptance: bool
    certificate: bool
    qualifies_for: list[UUID]
    facilitators_needed: int
    room_features: list[str]


@dataclass(frozen=True, slots=True)
class ShareRow:
    seats: int
    held: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesRow:
    approval: str
    promotion: str
    offer_hours: int
    lead_hours: int
    reconfirm_hours: int
    reconfirm_silence: str
    waitlist_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingRow:
    id: UUID
    version: int
    course_id: UUID
    label: str
    owner_campus: str
    language: str
    state: str
    shares: dict[str, ShareRow]
    earliest_start: date
    window_opens: datetime
    window_closes: datetime
    cutoff: datetime
    release_at: datetime | None
    minimum: int | None
    policies: PoliciesRow
    starts: datetime | None
    schedule_revision: int

    @property
    def seats(self) -> int:
        return sum(share.seats for share in self.shares.values())


@dataclass(frozen=True, slots=True)
class OfferRow:
    version: int
    deadline: datetime


@dataclass(frozen=True, slots=True)
class ReconfirmationRow:
    session_id: UUID
    session_revision: int
    schedule_revision: int
    deadline: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRow:
    """`rank` only where the person waits; everyone who waits sees their own and why (E-12)."""

    id: UUID
    version: int
    offering_id: UUID
    course_id: UUID
    person_id: UUID
    campus: str
    share: str
    state: str
    mandatory: bool = False
    priority: int = 0
    queue_no: int
    offer: OfferRow | None = None
    reconfirmation: ReconfirmationRow | None = None
    accept_by: datetime | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    at: datetime
    by: UUID | None
    before: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    id: UUID
    kind: str
    state: str
    total: int
    done: int
    accepted: int
    refused: int
    offering_id: UUID | None


@dataclass(frozen=True, slots=True)
class ResultRow:
    row: int
    outcome: str
    id: str | None = None
    problem: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    id: UUID
    code: str
    person_id: UUID
    course_id: UUID
    offering_id: UUID
    enrolment_id: UUID
    issued_at: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What anyone holding a code may know (C-02)."""

    code: str
    valid: bool
    names: dict[str, str]
    course_code: str
    course_titles: dict[str, str]
    issued_at: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    part: int
    start: datetime
    end: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What the page behind an action link shows; `answered` is the act that was chosen before."""

    language: str
    course_titles: dict[str, str]
    label: str
    state: str
    deadline: datetime | None
    answered: str | None
    sessions: list[SessionView] = field(default_factory=list)
