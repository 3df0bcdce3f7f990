"""What can be taught: recording programmes and courses. Codes are unique, whatever their case."""

from dataclasses import dataclass, field
from uuid import UUID

from enrolment.application import facts
from enrolment.application.checks import may
from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain.course import Course, Part, Programme, check_plan
from enrolment.domain.errors import CodeTaken, UnknownCourse
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True)
class AddProgramme:
    actor: Actor
    code: str
    titles: dict[str, str]


async def add_programme(command: AddProgramme, tx: EnrolmentTransaction) -> Programme:
    """Raises NotYourRole, CodeTaken."""
    may(command, command.actor)
    if await tx.programmes.where(code=command.code.upper()):
        raise CodeTaken(code=command.code.upper())
    return tx.programmes.save(Programme(id=tx.new_id(), code=command.code.upper(), titles=command.titles))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCourse:
    actor: Actor
    code: str
    programme_id: UUID
    titles: dict[str, str]
    session_plan: tuple[Part, ...]
    min_attendance_percent: int = 80
    needs_acceptance: bool = False
    certificate: bool = True
    qualifies_for: tuple[UUID, ...] = ()
    facilitators_needed: int = 1
    room_features: tuple[str, ...] = field(default=())


async def add_course(command: AddCourse, tx: EnrolmentTransaction) -> Course:
    """Raises NotYourRole, CodeTaken, UnknownCourse, BadPlan."""
    may(command, command.actor)
    check_plan(command.session_plan)
    if await tx.programmes.find(command.programme_id) is None:
        raise UnknownCourse(programme_id=str(command.programme_id))
    known = await tx.courses.get_many(command.qualifies_for)
    if missing := [str(id) for id in command.qualifies_for if str(id) not in known]:
        raise UnknownCourse(course_ids=missing)
    if await tx.courses.where(code=command.code.upper()):
        raise CodeTaken(code=command.code.upper())
    course = tx.courses.save(
        Course(
            id=tx.new_id(),
            code=command.code.upper(),
            programme_id=command.programme_id,
            titles=command.titles,
            session_plan=command.session_plan,
            min_attendance_percent=command.min_attendance_percent,
            needs_acceptance=command.needs_acceptance,
            certificate=command.certificate,
            qualifies_for=command.qualifies_for,
            facilitators_needed=command.facilitators_needed,
            room_features=command.room_features,
        )
    )
    tx.emit(facts.taught(course))
    return course
