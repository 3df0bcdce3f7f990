"""Timetables and sessions over HTTP: parse, call, answer."""

from uuid import UUID

from fastapi import APIRouter, Response

from common.gate import Rebuilding
from common.http import (
    IdempotencyKeyMissing,
    IfMatchMissing,
    InvalidRequest,
    TokenInvalid,
    TokenMissing,
    problems,
)
from common.problem import NotFound, Stale, Unavailable
from scheduling.api.door import Bearer, Caller, CommandDoor, EditDoor, Service
from scheduling.api.schemas_timetable import CancelBody, RescheduleBody, SessionBody, TimetableBody
from scheduling.application.commands_sessions import (
    CancelSession,
    RescheduleSession,
    cancel_session,
    reschedule_session,
)
from scheduling.application.commands_timetable import (
    ProposeTimetable,
    ReleaseTimetable,
    propose_timetable,
    release_timetable,
)
from scheduling.domain import errors

READ = (TokenMissing, TokenInvalid, InvalidRequest, Unavailable, NotFound)
COMMAND = (*READ, IdempotencyKeyMissing, Rebuilding, errors.NotAllowed)
EDIT = (*COMMAND, IfMatchMissing, Stale)
BOOKING = (errors.DayClosed, errors.FacilitatorTaken, errors.RoomTaken, errors.StartInPast, errors.TooLong)

routes = APIRouter(prefix="/scheduling/v1", dependencies=[Bearer])


@routes.get("/offerings/{offering_id}/timetable", response_model=TimetableBody, responses=problems(*READ))
async def get_timetable(offering_id: UUID, actor: Caller, service: Service, response: Response) -> TimetableBody:
    """Planners see its draft, those who come and those who deliver see what is in force."""
    view = await service.queries.get_timetable(actor, offering_id)
    response.headers["ETag"] = f'"{view.version}"'
    return TimetableBody.of(view)


@routes.post(
    "/offerings/{offering_id}/timetable/propose",
    response_model=TimetableBody,
    responses=problems(*COMMAND, errors.AlreadyReleased, errors.CourseNotKnown, errors.OfferingIsCancelled),
)
async def propose(offering_id: UUID, door: CommandDoor) -> Response:
    """Draft it anew from what is free now."""
    return await door.run(propose_timetable, ProposeTimetable(offering_id, door.actor), answer=TimetableBody.of)


@routes.post(
    "/offerings/{offering_id}/timetable/release",
    response_model=TimetableBody,
    responses=problems(
        *EDIT,
        *BOOKING,
        errors.AlreadyReleased,
        errors.NothingToRelease,
        errors.OfferingIsCancelled,
        errors.PartsUnplaced,
    ),
)
async def release(offering_id: UUID, door: EditDoor) -> Response:
    """Put it in force: every room and facilitator is booked, or nothing happens and every conflict is named."""
    command = ReleaseTimetable(offering_id, door.actor, door.version)
    return await door.run(release_timetable, command, answer=TimetableBody.of)


@routes.get("/sessions/{session_id}", response_model=SessionBody, responses=problems(*READ))
async def get_session(session_id: UUID, actor: Caller, service: Service, response: Response) -> SessionBody:
    session = await service.queries.get_session(actor, session_id)
    response.headers["ETag"] = f'"{session.version}"'
    return SessionBody.of(session)


@routes.post(
    "/sessions/{session_id}/reschedule",
    response_model=SessionBody,
    responses=problems(
        *EDIT,
        *BOOKING,
        errors.OfferingIsCancelled,
        errors.RoomLacksFeatures,
        errors.RoomTooSmall,
        errors.SessionHeld,
        errors.SessionNotScheduled,
        errors.SessionStarted,
        errors.ZeroLength,
    ),
)
async def reschedule(session_id: UUID, body: RescheduleBody, door: EditDoor) -> Response:
    """Another time, or another room, in force at once."""
    command = RescheduleSession(
        session_id=session_id,
        actor=door.actor,
        start=body.start,
        end=body.end,
        room_id=body.room_id,
        if_version=door.version,
    )
    return await door.run(reschedule_session, command, answer=SessionBody.of)


@routes.post(
    "/sessions/{session_id}/cancel",
    response_model=SessionBody,
    responses=problems(*EDIT, errors.SessionHeld, errors.SessionNotScheduled),
)
async def cancel(session_id: UUID, body: CancelBody, door: EditDoor) -> Response:
    """It will not take place; a second cancel is nothing."""
    command = CancelSession(session_id, door.actor, body.reason, door.version)
    return await door.run(cancel_session, command, answer=SessionBody.of)
