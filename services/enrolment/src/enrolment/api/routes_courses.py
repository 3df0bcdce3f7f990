"""Programmes and courses over HTTP: parse, call, answer."""

from uuid import UUID

from fastapi import APIRouter, Response

from common.http import Page, problems
from common.problem import NotFound
from enrolment.api.door import After, Caller, CommandDoor, Limit, Service
from enrolment.api.routes_people import ALWAYS, COMMAND
from enrolment.api.schemas_courses import CourseAnswer, CourseBody, PartBody, ProgrammeAnswer, ProgrammeBody
from enrolment.application.commands_courses import AddCourse, AddProgramme, add_course, add_programme
from enrolment.domain.course import Course, Part, Programme
from enrolment.domain.errors import BadPlan, CodeTaken, NotYourRole, UnknownCourse

routes = APIRouter(prefix="/enrolment/v1", tags=["courses"])


@routes.post(
    "/programmes", status_code=201, response_model=ProgrammeAnswer, responses=problems(*COMMAND, NotYourRole, CodeTaken)
)
async def post_programme(body: ProgrammeBody, door: CommandDoor) -> Response:
    command = AddProgramme(door.actor, body.code, dict(body.titles))
    return await door.run(add_programme, command, ProgrammeAnswer.of, status=201, location=_programme)


@routes.get("/programmes", responses=problems(*ALWAYS))
async def list_programmes(
    actor: Caller, service: Service, limit: Limit = 50, after: After = None
) -> Page[ProgrammeAnswer]:
    found = await service.queries.list_programmes(limit=limit, after=after)
    return Page(items=[ProgrammeAnswer.of(row) for row in found.items], next=found.next)


@routes.post(
    "/courses",
    status_code=201,
    response_model=CourseAnswer,
    responses=problems(*COMMAND, NotYourRole, CodeTaken, UnknownCourse, BadPlan),
)
async def post_course(body: CourseBody, door: CommandDoor) -> Response:
    command = AddCourse(
        actor=door.actor,
        code=body.code,
        programme_id=body.programme_id,
        titles=dict(body.titles),
        session_plan=tuple(map(_part, body.session_plan)),
        min_attendance_percent=body.min_attendance_percent,
        needs_acceptance=body.needs_acceptance,
        certificate=body.certificate,
        qualifies_for=tuple(body.qualifies_for),
        facilitators_needed=body.needs.facilitators,
        room_features=tuple(body.needs.room_features),
    )
    return await door.run(add_course, command, CourseAnswer.of, status=201, location=_course)


@routes.get("/courses", responses=problems(*ALWAYS))
async def list_courses(
    actor: Caller, service: Service, code: str | None = None, limit: Limit = 50, after: After = None
) -> Page[CourseAnswer]:
    found = await service.queries.list_courses(code=code, limit=limit, after=after)
    return Page(items=[CourseAnswer.of(row) for row in found.items], next=found.next)


@routes.get("/courses/{course_id}", responses=problems(*ALWAYS, NotFound))
async def get_course(course_id: UUID, actor: Caller, service: Service, response: Response) -> CourseAnswer:
    course = await service.queries.get_course(course_id)
    response.headers["ETag"] = f'"{course.version}"'
    return CourseAnswer.of(course)


def _part(body: PartBody) -> Part:
    start = body.start.replace(tzinfo=None, microsecond=0)
    return Part(
        part=body.part, titles=dict(body.titles), day=body.day, start=start, minutes=body.minutes,
        mandatory=body.mandatory,
    )  # fmt: skip


def _programme(programme: Programme) -> str:
    return f"/enrolment/v1/programmes?code={programme.code}"


def _course(course: Course) -> str:
    return f"/enrolment/v1/courses/{course.id}"
