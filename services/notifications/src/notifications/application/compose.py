"""From what is said, in ids and instants, to a letter in words: titles, names, venues as our copies have them."""

from collections.abc import Mapping

from notifications.application.letter import Letter, Meeting
from notifications.application.ports import LinkSigner
from notifications.domain.calendar_item import item_id
from notifications.domain.copies import Campus
from notifications.domain.delivery import Delivery
from notifications.domain.dossier import Dossier
from notifications.domain.language import name_in, text_in
from notifications.domain.links import Claims
from notifications.domain.purposes import PURPOSES
from notifications.domain.said import Line, Said
from notifications.domain.timetable import Slot
from notifications.domain.words import Language


def compose(delivery: Delivery, said: Said, known: Dossier, signer: LinkSigner, public_url: str) -> Letter:
    """`known` must have passed the re-check: the recipient, the offering and the course are there."""
    assert known.person
    assert known.course
    language = said.language
    owner = known.campuses.get(known.offering.owner_campus) if known.offering else None
    zoned = known.campuses.get(known.person.campus) or owner
    return Letter(
        id=delivery.reference,
        notice_id=delivery.notice_id,
        purpose=delivery.purpose,
        language=language,
        at=said.at,
        email=known.person.email or "",
        phone=known.person.phone or "",
        name=name_in(known.person.names, language),
        trainee=name_in(known.trainee.names, language) if known.trainee else "",
        course=text_in(known.course.titles, language),
        code=known.course.code,
        label=said.label,
        campus=text_in(owner.names, language) if owner else "",
        meetings=tuple(_meeting(line, delivery, known, language) for line in said.lines),
        deadline=said.deadline,
        zone=zoned.zone if zoned else "UTC",
        rank=said.rank,
        because=said.because,
        state=said.state,
        facilitator=said.facilitator,
        link=_link(delivery, said, known, signer, public_url),
        segments=PURPOSES[delivery.purpose].segments,
    )


def _meeting(line: Line, delivery: Delivery, known: Dossier, language: Language) -> Meeting:
    titles = known.course.parts.get(str(line.part), {}) if known.course else {}
    return Meeting(
        title=text_in(titles, language),
        slot=line.slot,
        venue=_venue(line.slot, known.campuses, language),
        was=line.was,
        was_venue=_venue(line.was, known.campuses, language) if line.was else "",
        uid=f"{item_id(line.session_id, delivery.person_id)}@sangam" if line.sequence is not None else None,
        sequence=line.sequence or 0,
        cancelled=line.cancelled,
    )


def _venue(slot: Slot, campuses: Mapping[str, Campus], language: Language) -> str:
    """Room and campus; empty for a site that is only online or not known yet."""
    if slot.site is None or slot.site.online:
        return ""
    campus = campuses.get(slot.site.campus)
    name = text_in(campus.names, language) if campus else slot.site.campus
    return f"{slot.site.room}, {name}" if slot.site.room else name


def _link(delivery: Delivery, said: Said, known: Dossier, signer: LinkSigner, public_url: str) -> str | None:
    action = PURPOSES[delivery.purpose].action
    if action and said.deadline and known.enrolment:
        token = signer.sign(Claims(action, known.enrolment.id, said.version, said.deadline))
        return f"{public_url}/enrolment/v1/links?t={token}"
    if known.certificate:
        return f"{public_url}/enrolment/v1/certificates/verify?code={known.certificate.code}"
    return None
