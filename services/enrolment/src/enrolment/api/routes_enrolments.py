"""Enrolments over HTTP: parse, call, answer. What concerns the seats of one offering is decided together."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from common.http import Page, problems
from common.problem import NotFound, Stale
from enrolment.api.door import After, Caller, CommandDoor, Limit, PlainDoor, Service
from enrolment.api.routes_people import ALWAYS, COMMAND
from enrolment.api.schemas_enrolments import EnrolmentAnswer, OfferBody, RankedAnswer, ReasonBody, StepAnswer
from enrolment.application.checks import read_enrolment_ahead
from enrolment.application.commands_approvals import (
    ApproveEnrolment,
    DeclineEnrolment,
    approve_enrolment,
    decline_enrolment,
)
from enrolment.application.commands_nominations import (
    AcceptNomination,
    RefuseNomination,
    accept_nomination,
    refuse_nomination,
)
from enrolment.application.commands_offers import AcceptOffer, RefuseOffer, accept_offer, refuse_offer
from enrolment.application.commands_reconfirmation import (
    DeclineReconfirmation,
    Reconfirm,
    decline_reconfirmation,
    reconfirm,
)
from enrolment.application.commands_withdrawals import WithdrawEnrolment, withdraw_enrolment
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.runtime import Enrolments
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.errors import (
    CutoffPassed,
    MandatoryNominee,
    NotActive,
    NotYourPlace,
    NotYourRole,
    NotYourStep,
    OfferDeadlinePassed,
    OfferingNotOpen,
    OfferingState,
    OfferSuperseded,
    ReasonMissing,
    ReconfirmationDeadlinePassed,
    ReconfirmationSuperseded,
    WaitlistFull,
    WindowClosed,
    WrongState,
)

CHANGE = (*COMMAND, NotFound, Stale, NotYourRole, OfferingState)
ANSWER = (WrongState, NotYourPlace)
LATE = (OfferingNotOpen, WindowClosed, WaitlistFull)
OFFER = (OfferSuperseded, OfferDeadlinePassed, OfferingNotOpen)
QUESTION = (ReconfirmationSuperseded, ReconfirmationDeadlinePassed)
NO_REASON = ReasonBody()

routes = APIRouter(prefix="/enrolment/v1", tags=["enrolments"])
State = Literal[
    "nominated", "requested", "waitlisted", "offered", "confirmed", "reconfirm_pending", "declined", "withdrawn",
    "lapsed", "offering_cancelled", "completed", "certified", "not_completed",
]  # fmt: skip


@routes.get("/offerings/{offering_id}/enrolments", responses=problems(*ALWAYS, NotFound))
async def list_enrolments(
    offering_id: UUID,
    actor: Caller,
    service: Service,
    state: State | None = None,
    share: str | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[RankedAnswer]:
    found = await service.queries.list_enrolments(
        actor, offering_id=offering_id, state=state, share=share, limit=limit, after=after
    )
    return Page(items=[RankedAnswer.of(row) for row in found.items], next=found.next)


@routes.get("/approvals", responses=problems(*ALWAYS))
async def list_approvals(actor: Caller, service: Service, limit: Limit = 50, after: After = None) -> Page[RankedAnswer]:
    """What waits for your word."""
    found = await service.queries.list_approvals(actor, limit=limit, after=after)
    return Page(items=[RankedAnswer.of(row) for row in found.items], next=found.next)


@routes.get("/enrolments/{enrolment_id}", responses=problems(*ALWAYS, NotFound))
async def get_enrolment(enrolment_id: UUID, actor: Caller, service: Service, response: Response) -> RankedAnswer:
    enrolment = await service.queries.get_enrolment(actor, enrolment_id)
    response.headers["ETag"] = f'"{enrolment.version}"'
    return RankedAnswer.of(enrolment)


@routes.get("/enrolments/{enrolment_id}/history", responses=problems(*ALWAYS, NotFound))
async def get_history(enrolment_id: UUID, actor: Caller, service: Service) -> Page[StepAnswer]:
    """Who did what when, oldest first."""
    steps = await service.queries.get_history(actor, enrolment_id)
    return Page(items=[StepAnswer.of(step) for step in steps])


async def _decide(
    door: PlainDoor,
    service: Enrolments,
    handler: Callable[[Any, EnrolmentTransaction], Awaitable[Enrolment]],
    command: Any,
) -> Response:
    """In one line with everything else about this offering, which does not change for an enrolment."""
    offering_id = await service.queries.offering_of(command.enrolment_id)
    return await door.run(handler, command, EnrolmentAnswer.of, hot=offering_id, ahead=read_enrolment_ahead)


@routes.post(
    "/enrolments/{enrolment_id}/accept-nomination",
    response_model=EnrolmentAnswer,
    responses=problems(*CHANGE, *ANSWER, *LATE),
)
async def post_accept_nomination(enrolment_id: UUID, door: CommandDoor, service: Service) -> Response:
    command = AcceptNomination(enrolment_id, door.actor, door.if_version)
    return await _decide(door, service, accept_nomination, command)


@routes.post(
    "/enrolments/{enrolment_id}/refuse-nomination",
    response_model=EnrolmentAnswer,
    responses=problems(*CHANGE, *ANSWER, MandatoryNominee),
)
async def post_refuse_nomination(enrolment_id: UUID, door: CommandDoor, service: Service) -> Response:
    command = RefuseNomination(enrolment_id, door.actor, door.if_version)
    return await _decide(door, service, refuse_nomination, command)


@routes.post(
    "/enrolments/{enrolment_id}/approve",
    response_model=EnrolmentAnswer,
    responses=problems(*CHANGE, WrongState, NotYourStep, *LATE),
)
async def post_approve(enrolment_id: UUID, door: CommandDoor, service: Service) -> Response:
    command = ApproveEnrolment(enrolment_id, door.actor, door.if_version)
    return await _decide(door, service, approve_enrolment, command)


@routes.post(
    "/enrolments/{enrolment_id}/decline",
    response_model=EnrolmentAnswer,
    responses=problems(*CHANGE, WrongState, NotYourStep, ReasonMissing),
)
async def post_decline(enrolment_id: UUID, body: ReasonBody, door: CommandDoor, service: Service) -> Response:
    command = DeclineEnrolment(enrolment_id, door.actor, body.reason, door.if_version)
    return await _decide(door, service, decline_enrolment, command)


@routes.post(
    "/enrolments/{enrolment_id}/withdraw",
    response_model=EnrolmentAnswer,
    responses=problems(*CHANGE, NotActive, NotYourPlace, CutoffPassed, MandatoryNominee, ReasonMissing),
)
async def post_withdraw(
    enrolment_id: UUID, door: CommandDoor, service: Service, body: ReasonBody = NO_REASON
) -> Response:
    command = WithdrawEnrolment(enrolment_id, door.actor, body.reason, door.if_version)
    return await _decide(door, service, withdraw_enrolment, command)


@routes.post(
    "/enrolments/{enrolment_id}/accept-offer",
    response_model=EnrolmentAnswer,
    responses=problems(*CHANGE, *ANSWER, *OFFER),
)
async def post_accept_offer(enrolment_id: UUID, body: OfferBody, door: CommandDoor, service: Service) -> Response:
    command = AcceptOffer(enrolment_id, door.actor, body.offer_version, door.if_version)
    return await _decide(door, service, accept_offer, command)


@routes.post(
    "/enrolments/{enrolment_id}/refuse-offer",
    response_model=EnrolmentAnswer,
    responses=problems(*CHANGE, *ANSWER, *OFFER),
)
async def post_refuse_offer(enrolment_id: UUID, body: OfferBody, door: CommandDoor, service: Service) -> Response:
    command = RefuseOffer(enrolment_id, door.actor, body.offer_version, door.if_version)
    return await _decide(door, service, refuse_offer, command)


@routes.post(
    "/enrolments/{enrolment_id}/reconfirm",
    response_model=EnrolmentAnswer,
    responses=problems(*CHANGE, *ANSWER, *QUESTION),
)
async def post_reconfirm(enrolment_id: UUID, door: CommandDoor, service: Service) -> Response:
    command = Reconfirm(enrolment_id, door.actor, None, door.if_version)
    return await _decide(door, service, reconfirm, command)


@routes.post(
    "/enrolments/{enrolment_id}/decline-reconfirmation",
    response_model=EnrolmentAnswer,
    responses=problems(*CHANGE, *ANSWER, *QUESTION, MandatoryNominee),
)
async def post_decline_reconfirmation(enrolment_id: UUID, door: CommandDoor, service: Service) -> Response:
    command = DeclineReconfirmation(enrolment_id, door.actor, None, door.if_version)
    return await _decide(door, service, decline_reconfirmation, command)
