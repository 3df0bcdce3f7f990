"""Offerings over HTTP: parse, call, answer."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from common.http import IfMatchMissing, Page, problems
from common.problem import NotFound, Stale
from enrolment.api.door import After, Caller, CommandDoor, Limit, Service
from enrolment.api.routes_people import ALWAYS, COMMAND
from enrolment.api.schemas_offerings import CancelBody, OfferingAnswer, OfferingBody, OfferingChangeBody
from enrolment.application.commands_offerings import (
    CancelOffering,
    ChangeOffering,
    CloseOffering,
    DraftOffering,
    OpenOffering,
    cancel_offering,
    change_offering,
    close_offering,
    draft_offering,
    open_offering,
)
from enrolment.domain.errors import (
    BadSeats,
    BadWindow,
    CapacityTaken,
    NotYourCampus,
    NotYourRole,
    OfferingState,
    UnknownCampus,
    UnknownCourse,
)
from enrolment.domain.offering import Offering, Policies

EDIT = (*COMMAND, NotFound, NotYourRole, NotYourCampus, IfMatchMissing, Stale, OfferingState)
UNSAID = CancelBody()

routes = APIRouter(prefix="/enrolment/v1", tags=["offerings"])


@routes.post(
    "/offerings",
    status_code=201,
    response_model=OfferingAnswer,
    responses=problems(*COMMAND, NotYourRole, NotYourCampus, UnknownCourse, UnknownCampus, BadSeats, BadWindow),
)
async def post_offering(body: OfferingBody, door: CommandDoor) -> Response:
    """Draft a run of a course: its sessions are then proposed."""
    command = DraftOffering(
        actor=door.actor,
        course_id=body.course_id,
        label=body.label,
        owner_campus=body.owner_campus,
        language=body.language,
        shares=dict(body.shares),
        seats=body.seats or None,
        earliest_start=body.earliest_start,
        window_opens=body.window_opens,
        window_closes=body.window_closes,
        cutoff=body.cutoff,
        release_at=body.release_at,
        minimum=body.minimum,
        policies=_policies(body),
    )
    return await door.run(draft_offering, command, OfferingAnswer.of, status=201, location=_offering)


@routes.get("/offerings", responses=problems(*ALWAYS))
async def list_offerings(
    actor: Caller,
    service: Service,
    campus: str | None = None,
    state: Literal["draft", "open", "closed", "running", "completed", "cancelled"] | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[OfferingAnswer]:
    found = await service.queries.list_offerings(actor, campus=campus, state=state, limit=limit, after=after)
    return Page(items=[OfferingAnswer.of(row) for row in found.items], next=found.next)


@routes.get("/offerings/{offering_id}", responses=problems(*ALWAYS, NotFound))
async def get_offering(offering_id: UUID, actor: Caller, service: Service, response: Response) -> OfferingAnswer:
    offering = await service.queries.get_offering(actor, offering_id)
    response.headers["ETag"] = f'"{offering.version}"'
    return OfferingAnswer.of(offering)


@routes.patch(
    "/offerings/{offering_id}",
    response_model=OfferingAnswer,
    responses=problems(*EDIT, BadSeats, CapacityTaken, UnknownCampus),
)
async def patch_offering(offering_id: UUID, body: OfferingChangeBody, door: CommandDoor) -> Response:
    """Another label or other seats; more seats promote who waits."""
    shares = dict(body.shares) if body.shares is not None else None
    command = ChangeOffering(
        offering_id=offering_id,
        actor=door.actor,
        if_version=door.version,
        label=body.label,
        shares=shares,
        overbook=body.overbook,
    )
    return await door.run(change_offering, command, OfferingAnswer.of, hot=offering_id)


@routes.post("/offerings/{offering_id}/open", response_model=OfferingAnswer, responses=problems(*EDIT))
async def post_open(offering_id: UUID, door: CommandDoor) -> Response:
    command = OpenOffering(offering_id, door.actor, door.version)
    return await door.run(open_offering, command, OfferingAnswer.of)


@routes.post("/offerings/{offering_id}/close", response_model=OfferingAnswer, responses=problems(*EDIT))
async def post_close(offering_id: UUID, door: CommandDoor) -> Response:
    command = CloseOffering(offering_id, door.actor, door.version)
    return await door.run(close_offering, command, OfferingAnswer.of, hot=offering_id)


@routes.post("/offerings/{offering_id}/cancel", response_model=OfferingAnswer, responses=problems(*EDIT))
async def post_cancel(offering_id: UUID, door: CommandDoor, body: CancelBody = UNSAID) -> Response:
    """Before the start. Everybody concerned is told; cancelling again changes nothing."""
    command = CancelOffering(offering_id, door.actor, door.version, body.reason)
    return await door.run(cancel_offering, command, OfferingAnswer.of, hot=offering_id)


def _policies(body: OfferingBody) -> Policies:
    return Policies(
        approval=body.approval,
        promotion=body.promotion,
        offer_hours=body.offer_hours,
        lead_hours=body.lead_hours,
        reconfirm_hours=body.reconfirm_hours,
        reconfirm_silence=body.reconfirm_silence,
        waitlist_limit=body.waitlist_limit,
    )


def _offering(offering: Offering) -> str:
    return f"/enrolment/v1/offerings/{offering.id}"
