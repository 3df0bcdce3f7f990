"""Collecting what messages rest on: one read per collection for a whole batch, then each from what was read."""

from collections.abc import Sequence
from uuid import UUID

from notifications.application.copying_states import erased_people
from notifications.application.ports import NotificationsTransaction
from notifications.domain.calendar_item import CalendarItem, item_id
from notifications.domain.copies import SEATED, Certificate, Enrolment, Offering
from notifications.domain.delivery import Delivery
from notifications.domain.dossier import Dossier
from notifications.domain.timetable import Session, Timetable


async def read_ahead(deliveries: Sequence[Delivery], tx: NotificationsTransaction) -> None:
    """Everything that `dossier` asks for afterwards is then in the transaction's memory."""
    offering_ids = {d.offering_id for d in deliveries if d.offering_id}
    offerings = await tx.offerings.get_many(offering_ids)
    timetables = await tx.timetables.get_many(offering_ids)
    enrolments = await tx.enrolments.get_many({d.about.enrolment_id for d in deliveries if d.about.enrolment_id})
    certificates = await tx.certificates.get_many(
        {d.about.certificate_id for d in deliveries if d.about.certificate_id}
    )
    others = {enrolment.person_id for enrolment in enrolments.values()}
    wanted_people = {d.person_id for d in deliveries} | others
    people = await tx.people.get_many(wanted_people)
    await erased_people({str(id) for id in wanted_people} - people.keys(), tx)
    courses = {o.course_id for o in offerings.values() if o.course_id} | {c.course_id for c in certificates.values()}
    await tx.courses.get_many(courses)
    sites = {site.campus for t in timetables.values() for s in t.sessions for site in s.when.sites}
    owners = {offering.owner_campus for offering in offerings.values() if offering.owner_campus}
    await tx.campuses.get_many({person.campus for person in people.values()} | sites | owners)
    wanted = {
        item_id(session.id, d.person_id)
        for d in deliveries
        for session in _sessions(timetables.get(str(d.offering_id)))
    }
    await tx.items.get_many(wanted)


async def dossier(delivery: Delivery, tx: NotificationsTransaction) -> Dossier:
    """As the transaction has it now, what it saved a moment ago included."""
    about = delivery.about
    offering: Offering | None = await tx.offerings.find(delivery.offering_id) if delivery.offering_id else None
    timetable = await tx.timetables.find(delivery.offering_id) if delivery.offering_id else None
    enrolment: Enrolment | None = await tx.enrolments.find(about.enrolment_id) if about.enrolment_id else None
    certificate: Certificate | None = await tx.certificates.find(about.certificate_id) if about.certificate_id else None
    course_id = certificate.course_id if certificate else offering.course_id if offering else None
    person = await tx.people.find(delivery.person_id)
    trainee = await tx.people.find(enrolment.person_id) if enrolment else None
    missing = [delivery.person_id] if person is None else []
    missing += [enrolment.person_id] if enrolment and trainee is None else []
    campuses = {person.campus if person else "", offering.owner_campus if offering else ""} - {""}
    campuses |= {site.campus for session in _sessions(timetable) for site in session.when.sites}
    return Dossier(
        person=person,
        trainee=trainee,
        erased=bool(missing and await erased_people(missing, tx)),
        offering=offering,
        course=await tx.courses.find(course_id) if course_id else None,
        timetable=timetable,
        enrolment=enrolment,
        certificate=certificate,
        campuses=await tx.campuses.get_many(campuses),
        items=await _items(delivery.person_id, [session.id for session in _sessions(timetable)], tx),
        seated=delivery.purpose == "assigned" and await _is_seated(delivery, tx),
    )


async def _is_seated(delivery: Delivery, tx: NotificationsTransaction) -> bool:
    """Facilitators are few, so this is asked one by one."""
    mine = await tx.enrolments.where(offering_id=delivery.offering_id, person_id=delivery.person_id)
    return any(enrolment.state in SEATED for enrolment in mine)


async def told_by(delivery: Delivery, tx: NotificationsTransaction) -> dict[UUID, CalendarItem]:
    """The recipient's items of what an attempt spoke of."""
    lines = delivery.said.lines if delivery.said else ()
    return await _items(delivery.person_id, [line.session_id for line in lines], tx)


async def _items(
    person_id: UUID, session_ids: Sequence[UUID], tx: NotificationsTransaction
) -> dict[UUID, CalendarItem]:
    found = await tx.items.get_many([item_id(id, person_id) for id in session_ids])
    return {item.session_id: item for item in found.values()}


def _sessions(timetable: Timetable | None) -> Sequence[Session]:
    return timetable.sessions if timetable else ()
