"""What our state topics say now, for telling it again."""

from collections.abc import Mapping, Sequence

from common.event import StateEvent
from common.states import Current
from enrolment.application import facts
from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain.events import CourseRecorded, PersonRecorded


async def current_people(ids: Sequence[str], tx: EnrolmentTransaction) -> Mapping[str, StateEvent]:
    return {id: facts.recorded(person) for id, person in (await tx.people.get_many(ids)).items()}


async def current_courses(ids: Sequence[str], tx: EnrolmentTransaction) -> Mapping[str, StateEvent]:
    return {id: facts.taught(course) for id, course in (await tx.courses.get_many(ids)).items()}


CURRENT: Mapping[type[StateEvent], Current[EnrolmentTransaction]] = {
    PersonRecorded: current_people,
    CourseRecorded: current_courses,
}
