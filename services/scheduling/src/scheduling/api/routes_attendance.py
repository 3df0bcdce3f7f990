"""Rosters and attendance over HTTP: parse, call, answer."""

from uuid import UUID

from fastapi import APIRouter, Response

from common.http import IdempotencyKeyMissing, InvalidRequest, Page, TokenInvalid, TokenMissing, problems
from common.problem import NotFound, Unavailable
from scheduling.api.door import After, Bearer, Caller, CommandDoor, Limit, Service
from scheduling.api.schemas_timetable import AttendanceBody, AttendanceRequest, RosterEntryBody
from scheduling.application.commands_attendance import RecordAttendance, record_attendance
from scheduling.domain.errors import BadMark, NotAllowed, NotOnRoster, SessionNotScheduled, TooEarly

READ = (TokenMissing, TokenInvalid, InvalidRequest, Unavailable, NotFound)

routes = APIRouter(prefix="/scheduling/v1", dependencies=[Bearer])


@routes.get(
    "/sessions/{session_id}/roster",
    response_model=Page[RosterEntryBody],
    responses=problems(*READ, NotAllowed),
)
async def get_roster(
    session_id: UUID, actor: Caller, service: Service, limit: Limit = 50, after: After = None
) -> Page[RosterEntryBody]:
    """Those who hold a seat now."""
    page = await service.queries.list_roster(actor, session_id, limit=limit, after=after)
    return Page(items=[RosterEntryBody.of(row) for row in page.items], next=page.next)


@routes.post(
    "/sessions/{session_id}/attendance",
    response_model=AttendanceBody,
    responses=problems(*READ, IdempotencyKeyMissing, BadMark, NotAllowed, NotOnRoster, SessionNotScheduled, TooEarly),
)
async def post_attendance(session_id: UUID, body: AttendanceRequest, door: CommandDoor) -> Response:
    """From 30 minutes before the start; people not named keep the mark they have."""
    command = RecordAttendance(session_id, door.actor, [mark.marked() for mark in body.marks])
    return await door.run(record_attendance, command, answer=AttendanceBody.of)


@routes.get("/sessions/{session_id}/attendance", response_model=AttendanceBody, responses=problems(*READ))
async def get_attendance(session_id: UUID, actor: Caller, service: Service) -> AttendanceBody:
    """Trainees see their own mark."""
    return AttendanceBody.of_row(await service.queries.get_attendance(actor, session_id))
