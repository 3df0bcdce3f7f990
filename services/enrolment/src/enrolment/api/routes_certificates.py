"""Certificates over HTTP: lists for those concerned, verification for anyone who holds a code."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from common.http import InvalidRequest, Page, problems
from common.problem import NotFound, Unavailable
from enrolment.api.door import After, Caller, Limit, Service
from enrolment.api.routes_people import ALWAYS
from enrolment.api.schemas_enrolments import CertificateAnswer, VerificationAnswer

routes = APIRouter(prefix="/enrolment/v1/certificates", tags=["certificates"])


@routes.get("", responses=problems(*ALWAYS))
async def list_certificates(
    actor: Caller,
    service: Service,
    person_id: UUID | None = None,
    offering_id: UUID | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[CertificateAnswer]:
    found = await service.queries.list_certificates(
        actor, person_id=person_id, offering_id=offering_id, limit=limit, after=after
    )
    return Page(items=[CertificateAnswer.of(row) for row in found.items], next=found.next)


@routes.get("/verify", responses=problems(NotFound, InvalidRequest, Unavailable))
async def verify_certificate(
    service: Service, code: Annotated[str, Query(min_length=1, max_length=40)]
) -> VerificationAnswer:
    """Open: whoever holds a code may know that it is real, of which course, and whose."""
    return VerificationAnswer.of(await service.queries.verify_certificate(code))
