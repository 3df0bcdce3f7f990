"""Asking for places over HTTP, for oneself or for others: parse, call, answer."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from common.http import problems
from common.problem import NotFound
from enrolment.api.door import CommandDoor, DryRun
from enrolment.api.routes_people import COMMAND, UPLOAD, location_of
from enrolment.api.schemas_courses import JobAnswer
from enrolment.api.schemas_enrolments import EnrolmentAnswer, NominationBody, NothingBody
from enrolment.api.uploads import CSV_BODY, csv_of
from enrolment.application.commands_imports import NOMINATION_COLUMNS, ImportNominations, import_nominations
from enrolment.application.commands_nominations import (
    NominatePerson,
    RequestEnrolment,
    nominate_person,
    read_nomination_ahead,
    read_request_ahead,
    request_enrolment,
)
from enrolment.application.csv_upload import read_rows
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.errors import (
    AlreadyActive,
    AlreadyCompleted,
    AlreadyInCourse,
    MayNotNominate,
    NoPerson,
    NoShare,
    NotYourRole,
    OfferingNotOpen,
    UnknownPerson,
    WaitlistFull,
    WindowClosed,
)

JOIN = (
    *COMMAND, NotFound, NotYourRole, AlreadyActive, AlreadyCompleted, AlreadyInCourse, NoShare, OfferingNotOpen,
    WaitlistFull, WindowClosed,
)  # fmt: skip

routes = APIRouter(prefix="/enrolment/v1/offerings/{offering_id}", tags=["nominations"])


def _enrolment(enrolment: Enrolment) -> str:
    return f"/enrolment/v1/enrolments/{enrolment.id}"


@routes.post(
    "/nominations",
    status_code=201,
    response_model=EnrolmentAnswer,
    responses=problems(*JOIN, UnknownPerson, MayNotNominate),
)
async def post_nomination(offering_id: UUID, body: NominationBody, door: CommandDoor) -> Response:
    command = NominatePerson(offering_id, door.actor, body.person_id, body.employee_id, body.mandatory)
    return await door.run(
        nominate_person,
        command,
        EnrolmentAnswer.of,
        status=201,
        hot=offering_id,
        location=_enrolment,
        ahead=read_nomination_ahead,
    )


@routes.post(
    "/nominations/imports",
    status_code=202,
    response_model=JobAnswer,
    responses=problems(*UPLOAD, NotFound, OfferingNotOpen, WindowClosed),
    openapi_extra=CSV_BODY,
)
async def import_nominations_csv(
    offering_id: UUID, request: Request, door: CommandDoor, dry_run: DryRun = False
) -> Response:
    """Nominate by employee id. Rows are decided one by one: follow the job for their results."""
    rows = read_rows(await csv_of(request), NOMINATION_COLUMNS)
    command = ImportNominations(offering_id, door.actor, rows, preview=dry_run)
    return await door.run(import_nominations, command, JobAnswer.of, status=202, location=location_of)


@routes.post("/enrolments", status_code=201, response_model=EnrolmentAnswer, responses=problems(*JOIN, NoPerson))
async def post_request(offering_id: UUID, door: CommandDoor, body: NothingBody | None = None) -> Response:
    """Ask for a place for oneself."""
    command = RequestEnrolment(offering_id, door.actor)
    return await door.run(
        request_enrolment,
        command,
        EnrolmentAnswer.of,
        status=201,
        hot=offering_id,
        location=_enrolment,
        ahead=read_request_ahead,
    )
