"""The directory and its imports over HTTP: parse, call, answer."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from common.gate import Rebuilding
from common.http import IdempotencyKeyMissing, InvalidRequest, Page, TokenInvalid, TokenMissing, problems
from common.problem import NotFound, Unavailable
from enrolment.api.door import After, Caller, CommandDoor, DryRun, Limit, Service
from enrolment.api.schemas_courses import ErasureAnswer, ErasureBody, JobAnswer, PersonAnswer, ResultAnswer
from enrolment.api.uploads import CSV_BODY, csv_of
from enrolment.application.commands_erasure import ErasePerson, erase_person
from enrolment.application.commands_imports import PEOPLE_COLUMNS, ImportPeople, import_people
from enrolment.application.csv_upload import read_rows
from enrolment.domain.errors import (
    CsvColumns,
    CsvContentType,
    CsvEmpty,
    CsvEncoding,
    CsvMalformed,
    CsvTooLong,
    NotYourRole,
)
from enrolment.domain.jobs import Job

ALWAYS = (TokenMissing, TokenInvalid, InvalidRequest, Unavailable)
COMMAND = (*ALWAYS, IdempotencyKeyMissing, Rebuilding)
UPLOAD = (*COMMAND, CsvColumns, CsvContentType, CsvEmpty, CsvEncoding, CsvMalformed, CsvTooLong, NotYourRole)

routes = APIRouter(prefix="/enrolment/v1", tags=["people"])


def location_of(job: Job) -> str:
    return f"/enrolment/v1/jobs/{job.id}"


@routes.post(
    "/people/imports", status_code=202, response_model=JobAnswer, responses=problems(*UPLOAD), openapi_extra=CSV_BODY
)
async def import_people_csv(request: Request, door: CommandDoor, dry_run: DryRun = False) -> Response:
    """Add and update people by employee id. Rows are decided one by one: follow the job for their results."""
    rows = read_rows(await csv_of(request), PEOPLE_COLUMNS)
    command = ImportPeople(door.actor, rows, preview=dry_run)
    return await door.run(import_people, command, JobAnswer.of, status=202, location=location_of)


@routes.get("/jobs/{job_id}", responses=problems(*ALWAYS, NotFound))
async def get_job(job_id: UUID, actor: Caller, service: Service) -> JobAnswer:
    return JobAnswer.of(await service.queries.get_job(actor, job_id))


@routes.get("/jobs/{job_id}/rows", responses=problems(*ALWAYS, NotFound))
async def list_results(
    job_id: UUID,
    actor: Caller,
    service: Service,
    outcome: Literal["accepted", "refused"] | None = None,
    limit: Limit = 50,
    after: Annotated[int, Query(ge=0)] = 0,
) -> Page[ResultAnswer]:
    """What became of each row, by number."""
    rows = await service.queries.list_results(actor, job_id, outcome=outcome, limit=limit, after=after)
    return Page(items=[ResultAnswer.of(row) for row in rows.items], next=rows.next)


@routes.get("/people", responses=problems(*ALWAYS))
async def list_people(
    actor: Caller,
    service: Service,
    campus: str | None = None,
    employee_id: str | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[PersonAnswer]:
    found = await service.queries.list_people(actor, campus=campus, employee_id=employee_id, limit=limit, after=after)
    return Page(items=[PersonAnswer.of(row) for row in found.items], next=found.next)


@routes.get("/people/{person_id}", responses=problems(*ALWAYS, NotFound))
async def get_person(person_id: UUID, actor: Caller, service: Service) -> PersonAnswer:
    return PersonAnswer.of(await service.queries.get_person(actor, person_id))


@routes.post(
    "/people/{person_id}/erase", response_model=ErasureAnswer, responses=problems(*COMMAND, NotFound, NotYourRole)
)
async def erase(person_id: UUID, body: ErasureBody, door: CommandDoor) -> Response:
    """For good: what they hold moves on, contact data goes, no import brings them back. Again changes nothing."""
    return await door.run(erase_person, ErasePerson(person_id, door.actor, body.reason), ErasureAnswer.of)
