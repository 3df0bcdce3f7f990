"""Our copies of state topics, and letting them go: the consumer lets only newer states through."""

from collections.abc import Iterable
from uuid import UUID

from common import inbox
from notifications.application.incoming import CampusRecorded, CourseRecorded, PersonRecorded
from notifications.application.ports import NotificationsTransaction
from notifications.domain.copies import Campus, Course, Person


def read_person_ahead(event: PersonRecorded, tx: NotificationsTransaction) -> None:
    tx.people.expect(event.person_id)


async def keep_person(event: PersonRecorded, tx: NotificationsTransaction) -> None:
    known = await tx.people.find(event.person_id)
    tx.people.save(
        Person(
            id=event.person_id,
            version=known.version if known else 0,
            names=event.names,
            campus=event.campus,
            email=event.email,
            phone=event.phone,
            languages=tuple(event.languages),
        )
    )


async def keep_course(event: CourseRecorded, tx: NotificationsTransaction) -> None:
    known = await tx.courses.find(event.course_id)
    tx.courses.save(
        Course(
            id=event.course_id,
            version=known.version if known else 0,
            code=event.code,
            titles=event.titles,
            parts={str(part.part): part.titles for part in event.session_plan},
        )
    )


async def keep_campus(event: CampusRecorded, tx: NotificationsTransaction) -> None:
    known = await tx.campuses.find(event.campus)
    tx.campuses.save(
        Campus(
            id=event.campus,
            version=known.version if known else 0,
            names=event.names,
            zone=event.zone,
            languages=tuple(event.languages),
        )
    )


async def forget_person(person_id: str, tx: NotificationsTransaction) -> None:
    if await tx.people.find(person_id):
        tx.people.remove(person_id)


async def forget_course(course_id: str, tx: NotificationsTransaction) -> None:
    if await tx.courses.find(course_id):
        tx.courses.remove(course_id)


async def forget_campus(campus: str, tx: NotificationsTransaction) -> None:
    if await tx.campuses.find(campus):
        tx.campuses.remove(campus)


async def erased_people(ids: Iterable[UUID | str], tx: NotificationsTransaction) -> frozenset[str]:
    """Those of them, as text, to whom and about whom nothing may be said."""
    return await inbox.erased(PersonRecorded, ids, tx)
