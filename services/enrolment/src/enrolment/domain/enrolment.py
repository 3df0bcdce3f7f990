"""One person in one offering: the state, who changed it, and what may follow."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from enrolment.domain.approval import Approval
from enrolment.domain.errors import CutoffPassed, MandatoryNominee, NotActive, NotYourPlace, ReasonMissing, WrongState
from enrolment.domain.links import Act, Purpose
from enrolment.domain.words import Actor

State = Literal[
    "none", "nominated", "requested", "waitlisted", "offered", "confirmed", "reconfirm_pending",
    "declined", "withdrawn", "lapsed", "offering_cancelled", "completed", "certified", "not_completed",
]  # fmt: skip
ACTIVE = frozenset({"nominated", "requested", "waitlisted", "offered", "confirmed", "reconfirm_pending"})
HOLDS_SEAT = frozenset({"offered", "confirmed", "reconfirm_pending"})
SEATED = frozenset({"confirmed", "reconfirm_pending"})
WITHDRAWABLE = ACTIVE - {"nominated"}
LAPSES_AT_START = frozenset({"nominated", "requested", "waitlisted", "offered"})
COMPLETED = frozenset({"completed", "certified"})


@dataclass(frozen=True, slots=True)
class Step:
    """Insert-only history; `by` is nobody when the system did it."""

    at: datetime
    by: UUID | None
    before: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    version: int
    made_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Reconfirmation:
    """The answer that is waited for after a material change (S-09)."""

    session_id: UUID
    session_revision: int
    schedule_revision: int
    asked_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question was answered, so that answering it again the same way changes nothing."""

    purpose: Purpose
    version: int
    act: Act
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """`queue_no` orders the queue (E-01); `schedule_revision` is the timetable the person said yes to."""

    id: UUID
    version: int = 0
    offering_id: UUID
    course_id: UUID
    person_id: UUID
    campus: str
    owner_campus: str
    share: str
    state: State = "none"
    active: bool = False
    mandatory: bool = False
    nominators: tuple[UUID, ...] = ()
    readers: tuple[UUID, ...] = ()
    approvers: tuple[UUID, ...] = ()
    waits_for_campus: bool = False
    approval: Approval
    priority: int = 0
    queue_no: int = 0
    joined_at: datetime | None = None
    accept_by: datetime | None = None
    offers: int = 0
    offer: Offer | None = None
    expired_once: bool = False
    reconfirmation: Reconfirmation | None = None
    schedule_revision: int = 0
    answers: tuple[Answer, ...] = ()
    history: tuple[Step, ...] = ()

    @property
    def holds_seat(self) -> bool:
        return self.state in HOLDS_SEAT

    def visible_to(self, actor: Actor) -> bool:
        """P-03: the person, those above and who nominated, the campus, and the campus that runs the offering."""
        return self.administered_by(actor) or actor.person_id in (*self.readers, *self.nominators)

    def administered_by(self, actor: Actor) -> bool:
        return actor.admin_of(self.campus) or actor.admin_of(self.owner_campus)

    def confirm(self, at: datetime, by: UUID | None, because: str, schedule_revision: int) -> "Enrolment":
        confirmed = replace(self, offer=None, schedule_revision=schedule_revision)
        return confirmed.moved("confirmed", at, by, because)

    def waitlist(self, at: datetime) -> "Enrolment":
        return self.moved("waitlisted", at, None, "no free seat")

    def withdraw(self, by: Actor, at: datetime, cutoff: datetime, reason: str) -> "Enrolment":
        """Before the cut-off, or an admin with a reason (N-07); a mandatory nominee only by an admin (N-08)."""
        if self.state not in WITHDRAWABLE:
            raise NotActive(state=self.state)
        themselves, admin = by.is_person(self.person_id), self.administered_by(by)
        if not (themselves or admin):
            raise NotYourPlace()
        if self.mandatory and themselves:
            raise MandatoryNominee()
        if at > cutoff and not admin:
            raise CutoffPassed(cutoff=cutoff.isoformat())
        if not reason.strip() and (at > cutoff or not themselves):
            raise ReasonMissing()
        return self.moved("withdrawn", at, by.person_id, reason)

    def release(self, at: datetime, because: str) -> "Enrolment":
        """Whatever it is, it ends; neither cut-off nor being mandatory matters."""
        if not self.active:
            raise NotActive(state=self.state)
        return self.moved("withdrawn", at, None, because)

    def lapse(self, at: datetime, because: str, by: UUID | None = None) -> "Enrolment":
        if self.state not in ACTIVE:
            raise NotActive(state=self.state)
        return self.moved("lapsed", at, by, because)

    def finish(self, at: datetime, *, completed: bool) -> "Enrolment":
        return self.moved("completed" if completed else "not_completed", at, None, "all attendance known")

    def certify(self, at: datetime) -> "Enrolment":
        return self.moved("certified", at, None, "certificate issued")

    def answered(self, purpose: Purpose, version: int, act: Act, at: datetime) -> "Enrolment":
        return replace(self, answers=(*self.answers, Answer(purpose, version, act, at)))

    def answer_to(self, purpose: Purpose, version: int) -> Answer | None:
        return next((a for a in self.answers if (a.purpose, a.version) == (purpose, version)), None)

    def expect(self, *states: State) -> None:
        if self.state not in states:
            raise WrongState(state=self.state)

    def only_themselves(self, by: Actor) -> None:
        if not by.is_person(self.person_id):
            raise NotYourPlace()

    def noted(self, at: datetime, by: UUID | None, reason: str) -> "Enrolment":
        """Something that changes no state, but belongs to the history."""
        return replace(self, history=(*self.history, Step(at, by, self.state, self.state, reason)))

    def moved(self, to: State, at: datetime, by: UUID | None, reason: str = "") -> "Enrolment":
        after = replace(
            self,
            state=to,
            active=to in ACTIVE,
            history=(*self.history, Step(at, by, self.state, to, reason)),
            offer=self.offer if to == "offered" else None,
            reconfirmation=self.reconfirmation if to == "reconfirm_pending" else None,
        )
        return after.approval_is(self.approval)

    def approval_is(self, approval: Approval) -> "Enrolment":
        """Approvers are listed only while they are waited for: "what waits for me" asks for these fields."""
        asked = self.state == "requested"
        return replace(
            self,
            approval=approval,
            approvers=approval.approvers if asked else (),
            waits_for_campus=approval.waits_for_campus and asked,
        )
