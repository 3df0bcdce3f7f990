"""How a place is asked for: by nomination or by oneself, and who may say yes or no before it is decided."""

from dataclasses import dataclass, replace
from datetime import datetime

from enrolment.domain.approval import Approval
from enrolment.domain.enrolment import COMPLETED, Enrolment
from enrolment.domain.errors import (
    AlreadyActive,
    AlreadyCompleted,
    MandatoryNominee,
    NotYourPlace,
    NotYourStep,
    ReasonMissing,
    WindowClosed,
)
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under what a place is asked for: its number in the queue (E-01), who must approve, until when to accept."""

    queue_no: int
    approval: Approval
    accept_by: datetime
    mandatory: bool = False


def check_may_join(enrolment: Enrolment) -> None:
    """One active enrolment per person and offering; what is completed is not repeated."""
    if enrolment.active:
        raise AlreadyActive(enrolment_id=str(enrolment.id), state=enrolment.state)
    if enrolment.state in COMPLETED:
        raise AlreadyCompleted(enrolment_id=str(enrolment.id))


def nominate(enrolment: Enrolment, by: Actor, at: datetime, terms: Terms, *, needs_acceptance: bool) -> Enrolment:
    """On the person's behalf; their own word is waited for when the course wants it."""
    joined = _with_nominator(_joined(enrolment, at, terms), by)
    if needs_acceptance:
        return replace(joined, accept_by=terms.accept_by).moved("nominated", at, by.person_id)
    return joined.moved("requested", at, by.person_id, "nominated")


def request(enrolment: Enrolment, by: Actor, at: datetime, terms: Terms) -> Enrolment:
    return _joined(enrolment, at, terms).moved("requested", at, by.person_id, "requested")


def nominate_again(enrolment: Enrolment, by: Actor, at: datetime, *, mandatory: bool) -> Enrolment:
    """N-01: one enrolment, all nominators recorded. Raises AlreadyActive for somebody who is recorded already."""
    if by.person_id is None or by.person_id in enrolment.nominators:
        raise AlreadyActive(enrolment_id=str(enrolment.id), state=enrolment.state)
    after = replace(_with_nominator(enrolment, by), mandatory=enrolment.mandatory or mandatory)
    if enrolment.state == "requested":
        after = after.approval_is(after.approval.nominated_by(by, at))
    return after.noted(at, by.person_id, "also nominated")


def accept_nomination(enrolment: Enrolment, by: Actor, at: datetime) -> Enrolment:
    enrolment.only_themselves(by)
    enrolment.expect("nominated")
    if enrolment.accept_by is not None and at > enrolment.accept_by:
        raise WindowClosed(closed=enrolment.accept_by.isoformat())
    return enrolment.moved("requested", at, by.person_id, "nomination accepted")


def refuse_nomination(enrolment: Enrolment, by: Actor, at: datetime) -> Enrolment:
    enrolment.only_themselves(by)
    enrolment.expect("nominated")
    if enrolment.mandatory:
        raise MandatoryNominee()
    return enrolment.moved("declined", at, by.person_id, "nomination refused")


def withdraw_nomination(enrolment: Enrolment, by: Actor, at: datetime, reason: str) -> Enrolment:
    """One nominator fewer; with the last one, or by an admin, it is over."""
    enrolment.expect("nominated")
    rest = tuple(id for id in enrolment.nominators if id != by.person_id)
    theirs = len(rest) < len(enrolment.nominators)
    if theirs and rest:
        return replace(enrolment, nominators=rest).noted(at, by.person_id, "nominator withdrew")
    if not theirs and not enrolment.administered_by(by):
        raise NotYourPlace()
    return enrolment.moved("withdrawn", at, by.person_id, reason or "nomination withdrawn")


def approve(enrolment: Enrolment, by: Actor, at: datetime) -> Enrolment:
    """The next step, and those after it that the same person holds (N-04)."""
    enrolment.expect("requested")
    if not enrolment.approval.held_by(by):
        raise NotYourStep()
    return enrolment.approval_is(enrolment.approval.give(by, at)).noted(at, by.person_id, "approved")


def decline(enrolment: Enrolment, by: Actor, at: datetime, reason: str) -> Enrolment:
    """By who holds the next approval, or by an admin of the campus; never by the trainee."""
    enrolment.expect("nominated", "requested")
    if by.is_person(enrolment.person_id) or not (enrolment.approval.held_by(by) or by.admin_of(enrolment.campus)):
        raise NotYourStep()
    if not reason.strip():
        raise ReasonMissing()
    return enrolment.moved("declined", at, by.person_id, reason)


def _joined(enrolment: Enrolment, at: datetime, terms: Terms) -> Enrolment:
    """E-01, E-06: who comes again comes last, and nothing of the earlier time counts."""
    return replace(
        enrolment,
        queue_no=terms.queue_no,
        priority=0,
        joined_at=at,
        nominators=(),
        mandatory=terms.mandatory,
        expired_once=False,
        accept_by=None,
        approval=terms.approval,
    )


def _with_nominator(enrolment: Enrolment, by: Actor) -> Enrolment:
    if by.person_id is None or by.person_id in enrolment.nominators:
        return enrolment
    return replace(enrolment, nominators=(*enrolment.nominators, by.person_id))
