"""After a material change the seat is kept, but its holder is asked whether they still come (S-09)."""

from dataclasses import replace
from datetime import datetime

from enrolment.domain.enrolment import Enrolment, Reconfirmation
from enrolment.domain.errors import MandatoryNominee, ReconfirmationDeadlinePassed, ReconfirmationSuperseded
from enrolment.domain.words import Actor


def is_to_be_asked(enrolment: Enrolment, schedule_revision: int) -> bool:
    """Who said yes to this timetable, or is already asked about it, is not asked (again)."""
    if enrolment.state == "confirmed":
        return enrolment.schedule_revision < schedule_revision
    asked = enrolment.reconfirmation
    return enrolment.state == "reconfirm_pending" and asked is not None and asked.schedule_revision < schedule_revision


def ask(enrolment: Enrolment, question: Reconfirmation) -> Enrolment:
    """One pending at a time: a newer change replaces the question."""
    asked = replace(enrolment, reconfirmation=question)
    return asked.moved("reconfirm_pending", question.asked_at, None, "timetable changed")


def reconfirm(enrolment: Enrolment, by: Actor, at: datetime, schedule_revision: int | None) -> Enrolment:
    """`schedule_revision` is the one that a link spoke of; without it the present question is answered."""
    question = _open_question(enrolment, by, at, schedule_revision)
    after = replace(enrolment, schedule_revision=question.schedule_revision)
    after = after.moved("confirmed", at, by.person_id, "reconfirmed")
    return after.answered("reconfirm", question.schedule_revision, "reconfirm", at)


def decline(enrolment: Enrolment, by: Actor, at: datetime, schedule_revision: int | None) -> Enrolment:
    """The cut-off does not apply; a mandatory nominee cannot (N-08)."""
    question = _open_question(enrolment, by, at, schedule_revision)
    if enrolment.mandatory:
        raise MandatoryNominee()
    after = enrolment.moved("withdrawn", at, by.person_id, "cannot come at the new time")
    return after.answered("reconfirm", question.schedule_revision, "decline", at)


def is_silent(enrolment: Enrolment, at: datetime) -> bool:
    return enrolment.reconfirmation is not None and at > enrolment.reconfirmation.deadline


def keep(enrolment: Enrolment, at: datetime) -> Enrolment:
    """Silence, where the policy is to keep the seat: the person is taken to know the new timetable."""
    assert enrolment.reconfirmation is not None
    after = replace(enrolment, schedule_revision=enrolment.reconfirmation.schedule_revision)
    return after.moved("confirmed", at, None, "no answer, seat kept")


def _open_question(enrolment: Enrolment, by: Actor, at: datetime, schedule_revision: int | None) -> Reconfirmation:
    enrolment.only_themselves(by)
    question = enrolment.reconfirmation
    if question is None:
        enrolment.expect("reconfirm_pending")
    if question is None or schedule_revision not in (None, question.schedule_revision):
        raise ReconfirmationSuperseded()
    if at > question.deadline:
        raise ReconfirmationDeadlinePassed(deadline=question.deadline.isoformat())
    return question
