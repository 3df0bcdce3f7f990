"""What is said now: the lines about sessions, and what a mail makes of the recipient's calendar (M-10, N2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from notifications.domain.calendar_item import CalendarItem
from notifications.domain.delivery import Delivery
from notifications.domain.dossier import Dossier
from notifications.domain.language import choose
from notifications.domain.purposes import PURPOSES
from notifications.domain.said import Line, Said
from notifications.domain.timetable import Session, Slot
from notifications.domain.words import Language


@dataclass(frozen=True, slots=True)
class Saying:
    said: Said
    items: tuple[CalendarItem, ...] = ()


def say(delivery: Delivery, known: Dossier, now: datetime) -> Saying:
    """After `recheck` found nothing against it. What may have arrived already is said again as it was."""
    if delivery.said and delivery.doubt:
        return Saying(delivery.said)
    told = [_tell(delivery, known, session) for session in _sessions(delivery, known)]
    told += [_cancel(delivery, item, known) for item in _cancelled(delivery, known)]
    said = Said(
        at=delivery.said.at if delivery.said else now,
        language=language_of(known),
        lines=tuple(line for line, _ in told),
        deadline=known.enrolment.deadline if known.enrolment else None,
        version=_version(delivery, known),
        rank=known.enrolment.rank if known.enrolment else None,
        because=known.enrolment.because if known.enrolment else "",
        facilitator=known.enrolment is None,
        label=known.offering.label if known.offering else "",
        state=known.enrolment.state if known.enrolment else "",
    )
    return Saying(said, tuple(item for _, item in told if item))


def language_of(known: Dossier) -> Language:
    person = known.person
    campus = known.campuses.get(person.campus) if person else None
    return choose(person.languages if person else (), campus.languages if campus else ())


def _version(delivery: Delivery, known: Dossier) -> int:
    if known.enrolment is None:
        return 0
    action = PURPOSES[delivery.purpose].action
    return known.enrolment.schedule_revision if action == "reconfirm" else known.enrolment.offer_version


def _sessions(delivery: Delivery, known: Dossier) -> Iterable[Session]:
    how = PURPOSES[delivery.purpose].sessions
    if how in ("shown", "invited"):
        return known.comes_to(delivery)
    if how == "changed":
        return [session for session in known.standing if _concerns(delivery, known, session)]
    return []


def _concerns(delivery: Delivery, known: Dossier, session: Session) -> bool:
    """The session that moved; a question about one names the others that moved as much and were not told yet."""
    if session.id == delivery.about.session_id:
        return True
    item = known.items.get(session.id)
    untold = item is None or not item.says(known.slot(session)) or item.told_by == delivery.notice_id
    if delivery.about.session_id is None:
        return untold
    return delivery.purpose == "reconfirm_asked" and session.material and item is not None and untold


def _cancelled(delivery: Delivery, known: Dossier) -> list[CalendarItem]:
    """What the recipient holds and has to strike out: all, what they do not come to, or the one that was cancelled."""
    how = PURPOSES[delivery.purpose].sessions
    if how == "cancelled":
        if PURPOSES[delivery.purpose].subject == "enrolment":
            return sorted(known.to_strike(delivery), key=lambda item: item.slot.start)
        held = [item for item in known.items.values() if item.held(delivery.notice_id)]
        only = delivery.about.session_id if delivery.purpose == "session_cancelled" else None
        if only and only not in known.items and (session := known.told_by_phone(delivery)) and known.offering:
            slot, by = known.slot(session), delivery.notice_id
            return [CalendarItem.first(session.id, delivery.person_id, known.offering.id, slot, by)]
        return sorted((i for i in held if only in (None, i.session_id)), key=lambda item: item.slot.start)
    whole = how == "invited" or (how == "changed" and delivery.about.session_id is None)
    return known.gone(delivery) if whole else []


def _tell(delivery: Delivery, known: Dossier, session: Session) -> tuple[Line, CalendarItem | None]:
    slot = known.slot(session)
    if PURPOSES[delivery.purpose].sessions == "shown" or known.offering is None:
        return Line(session.id, session.part, slot), None
    item = known.items.get(session.id)
    if item is None:
        told = CalendarItem.first(session.id, delivery.person_id, known.offering.id, slot, delivery.notice_id)
    else:
        told = item.tell(slot, delivery.notice_id)
    was = _was(delivery, known, session, told)
    if delivery.channel != "email":
        return Line(session.id, session.part, slot, was), None
    return Line(session.id, session.part, slot, was, told.sequence), told if told != item else None


def _was(delivery: Delivery, known: Dossier, session: Session, told: CalendarItem) -> Slot | None:
    """Old → new shows what this person was last told, else what the timetable had before."""
    if PURPOSES[delivery.purpose].sessions != "changed":
        return None
    if told.told_by == delivery.notice_id and told.before:
        return told.before
    return session.previous.at(known.person.campus if known.person else None) if session.previous else None


def _cancel(delivery: Delivery, item: CalendarItem, known: Dossier) -> tuple[Line, CalendarItem | None]:
    session = known.session(item.session_id)
    line = Line(item.session_id, session.part if session else 0, item.slot, cancelled=True)
    if delivery.channel != "email":
        return line, None
    struck = item.cancel(delivery.notice_id)
    return replace(line, sequence=struck.sequence), struck if struck != item else None


def given_up(delivery: Delivery, items: Mapping[UUID, CalendarItem]) -> list[CalendarItem]:
    """What an attempt told that ends here without having surely arrived: the next mail tells it anew (N2)."""
    lines = delivery.said.lines if delivery.said else ()
    told = [(item, line.sequence) for line in lines if (item := items.get(line.session_id))]
    return [i.doubt() for i, sequence in told if (i.told_by, i.sequence) == (delivery.notice_id, sequence)]
