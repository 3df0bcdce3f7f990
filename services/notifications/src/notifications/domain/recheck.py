"""M-02, M-03: may this still be said, now that it is about to be? Asked again before every attempt."""

from dataclasses import dataclass
from datetime import datetime

from notifications.domain.copies import SEATED
from notifications.domain.delivery import Delivery
from notifications.domain.dossier import Dossier
from notifications.domain.purposes import PURPOSES, Purpose
from notifications.domain.timetable import Session


@dataclass(frozen=True, slots=True)
class Drop:
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Something it refers to has not arrived yet."""

    what: str


def recheck(delivery: Delivery, known: Dossier, now: datetime, *, impatient: bool = False) -> Drop | Wait | None:
    """None: say it. `impatient`: it waited long enough for a newer timetable, the one we have must do."""
    purpose = PURPOSES[delivery.purpose]
    if now >= delivery.not_after or _is_over(purpose, known, now):
        return Drop("expired")
    if known.erased:
        return Drop("person-erased")
    if reason := _superseded(delivery, purpose, known):
        return Drop(reason)
    if what := _missing(delivery, purpose, known, impatient):
        return Wait(what)
    if not (known.person and (known.person.email if delivery.channel == "email" else known.person.phone)):
        return Drop("no-address")
    return None


def _is_over(purpose: Purpose, known: Dossier, now: datetime) -> bool:
    if purpose.until is None or known.timetable is None:
        return False
    end = known.timetable.start if purpose.until == "start" else known.timetable.end
    return end is not None and now >= end


def _superseded(delivery: Delivery, purpose: Purpose, known: Dossier) -> str | None:
    if known.offering and known.offering.cancelled and not purpose.survives_cancellation:
        return "offering-cancelled"
    if enrolment := known.enrolment:
        outdated = purpose.still and enrolment.state not in purpose.still
        repeated = purpose.latest_only and enrolment.told.get(delivery.purpose) != delivery.about.fact_revision
        if (outdated or repeated) and not _clears_calendar(delivery, purpose, known):
            return "superseded"
    if delivery.doubt and _told_since(delivery, known):
        return "superseded"
    if delivery.purpose == "session_rescheduled":
        return _move_is_old(delivery, known)
    if delivery.purpose == "session_cancelled":
        return _nothing_to_cancel(delivery, known)
    if delivery.purpose == "assigned":
        return None if _any_news(delivery, known) else "already-told"
    return None


def _clears_calendar(delivery: Delivery, purpose: Purpose, known: Dossier) -> bool:
    """N2: who does not come strikes out what they hold, also when their place has become another one since; nobody
    else would. Who comes again is invited again, under a higher SEQUENCE."""
    if purpose.sessions != "cancelled" or purpose.subject != "enrolment" or delivery.channel != "email":
        return False
    comes = known.enrolment is not None and known.enrolment.state in SEATED
    return not comes and bool(known.to_strike(delivery))


def _told_since(delivery: Delivery, known: Dossier) -> bool:
    """Something newer went out after the attempt whose answer was lost, about all that it spoke of."""
    lines = delivery.said.lines if delivery.said else ()
    told = [(item, line.sequence) for line in lines if (item := known.items.get(line.session_id))]
    return bool(told) and all(sequence not in (None, item.sequence) for item, sequence in told)


def _move_is_old(delivery: Delivery, known: Dossier) -> str | None:
    if delivery.about.session_id is None and _is_behind(delivery, known):
        return None  # what is known now cannot say that it was told already
    if delivery.about.session_id is None:
        return None if _any_news(delivery, known) or known.timetable is None else "already-told"
    session = known.session(delivery.about.session_id)
    if session is None:
        return None
    if session.cancelled or session.revision > delivery.about.session_revision:
        return "superseded"
    if known.enrolment is None and delivery.person_id not in session.facilitators:
        return "superseded"
    return None if _is_news(delivery, known, session) else "already-told"


def _nothing_to_cancel(delivery: Delivery, known: Dossier) -> str | None:
    item = known.items.get(delivery.about.session_id) if delivery.about.session_id else None
    if item is None:
        return None if known.told_by_phone(delivery) else "never-told"
    return None if item.held(delivery.notice_id) else "already-told"


def _any_news(delivery: Delivery, known: Dossier) -> bool:
    """Of the timetable as a whole: something to tell anew, or to strike out."""
    comes_to = known.comes_to(delivery)
    return bool(known.gone(delivery)) or any(_is_news(delivery, known, session) for session in comes_to)


def _is_news(delivery: Delivery, known: Dossier, session: Session) -> bool:
    """What this very notice told by its other channel is still news on this one."""
    item = known.items.get(session.id)
    return item is None or item.told_by == delivery.notice_id or not item.says(known.slot(session))


def _missing(delivery: Delivery, purpose: Purpose, known: Dossier, impatient: bool) -> str | None:
    about = delivery.about
    if about.certificate_id and known.certificate is None:
        return "certificate"
    if known.offering is None or known.offering.course_id is None:
        return "offering"
    if known.course is None:
        return "course"
    if known.person is None:
        return "person"
    if purpose.about_others and known.trainee is None:
        return "trainee"
    says_timetable_only = delivery.purpose == "session_rescheduled" and about.session_id is None
    if _is_behind(delivery, known) and (says_timetable_only or not impatient):
        return "timetable"
    if impatient:
        return None
    if about.session_id and ((s := known.session(about.session_id)) is None or s.revision < about.session_revision):
        return "timetable"
    return None if known.places <= known.campuses.keys() else "campus"


def _is_behind(delivery: Delivery, known: Dossier) -> bool:
    """The timetable that the fact speaks of has not come yet."""
    wanted = delivery.about.schedule_revision
    return wanted > 0 and (known.timetable is None or known.timetable.revision < wanted)
