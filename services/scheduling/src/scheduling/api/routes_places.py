"""Campuses, rooms and facilitators over HTTP: parse, call, answer."""

from datetime import time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from common.gate import Rebuilding
from common.http import (
    IdempotencyKeyMissing,
    IfMatchMissing,
    InvalidRequest,
    Page,
    TokenInvalid,
    TokenMissing,
    problems,
)
from common.problem import NotFound, Stale, Unavailable
from scheduling.api.door import After, Bearer, Caller, CommandDoor, Limit, PutDoor, Service
from scheduling.api.schemas_places import (
    AddRoomBody,
    CampusBody,
    Code,
    FacilitatorBody,
    NamedFacilitatorBody,
    RecordCampusBody,
    RecordFacilitatorBody,
    RoomBody,
)
from scheduling.application.commands_people import RecordFacilitator, record_facilitator
from scheduling.application.commands_places import AddRoom, RecordCampus, add_room, record_campus
from scheduling.domain.calendar import Holiday
from scheduling.domain.campus import Region, years_wanted
from scheduling.domain.errors import NotAllowed, RoomLabelTaken, UnknownRegion, UnknownZone
from scheduling.domain.words import CampusId

ALWAYS = (TokenMissing, TokenInvalid, InvalidRequest, Unavailable)
COMMAND = (*ALWAYS, IdempotencyKeyMissing, Rebuilding)

routes = APIRouter(prefix="/scheduling/v1", dependencies=[Bearer])


@routes.put(
    "/campuses/{code}",
    response_model=CampusBody,
    responses=problems(*ALWAYS, NotAllowed, IfMatchMissing, Stale, UnknownRegion, UnknownZone),
)
async def put_campus(
    code: Annotated[Code, Path()], body: RecordCampusBody, door: PutDoor, service: Service
) -> Response:
    """Make a campus, or say how it is from now on (then with If-Match)."""
    region = Region(body.holiday_region.country, body.holiday_region.subdivision)
    command = RecordCampus(
        actor=door.actor,
        id=CampusId(code),
        names=dict(body.names),
        zone=body.zone,
        languages=body.languages,
        working_week=body.working_week,
        quiet_from=time.fromisoformat(body.quiet_hours.start),
        quiet_to=time.fromisoformat(body.quiet_hours.end),
        region=region,
        own_days=[Holiday(own.day, own.name, own.kind) for own in body.own_days],
        gazetted=await service.gazette.holidays(region, years_wanted(body.zone, door.now)),
        if_version=door.if_version,
    )
    try:
        return await door.run(record_campus, command, answer=CampusBody.of)
    except Stale:
        if door.if_version is None:
            raise IfMatchMissing() from None
        raise


@routes.get("/campuses", response_model=Page[CampusBody], responses=problems(*ALWAYS))
async def list_campuses(actor: Caller, service: Service, limit: Limit = 50, after: After = None) -> Page[CampusBody]:
    """Calendars are for everybody: whoever travels to a campus needs to know its days off."""
    page = await service.queries.list_campuses(limit=limit, after=after)
    return Page(items=[CampusBody.of(campus) for campus in page.items], next=page.next)


@routes.get("/campuses/{code}", response_model=CampusBody, responses=problems(*ALWAYS, NotFound))
async def get_campus(code: Annotated[Code, Path()], actor: Caller, service: Service, response: Response) -> CampusBody:
    campus = await service.queries.get_campus(code)
    response.headers["ETag"] = f'"{campus.version}"'
    return CampusBody.of(campus)


@routes.post(
    "/rooms",
    response_model=RoomBody,
    status_code=201,
    responses=problems(*COMMAND, NotAllowed, NotFound, RoomLabelTaken),
)
async def post_room(body: AddRoomBody, door: CommandDoor) -> Response:
    command = AddRoom(
        actor=door.actor,
        campus=CampusId(body.campus),
        label=body.label,
        capacity=body.capacity,
        features=frozenset(body.features),
    )
    return await door.run(add_room, command, answer=RoomBody.of, status=201)


@routes.get("/rooms", response_model=Page[RoomBody], responses=problems(*ALWAYS, NotFound))
async def list_rooms(
    actor: Caller, service: Service, campus: Code | None = None, limit: Limit = 50, after: After = None
) -> Page[RoomBody]:
    page = await service.queries.list_rooms(actor, campus=campus, limit=limit, after=after)
    return Page(items=[RoomBody.of(room) for room in page.items], next=page.next)


@routes.post(
    "/facilitators",
    response_model=FacilitatorBody,
    status_code=201,
    responses=problems(*COMMAND, NotAllowed, NotFound),
)
async def post_facilitator(body: RecordFacilitatorBody, door: CommandDoor) -> Response:
    """Make a person a facilitator, or add courses to one who is; campus and languages are as said now."""
    command = RecordFacilitator(
        actor=door.actor,
        person_id=body.person_id,
        campus=CampusId(body.campus),
        courses=frozenset(body.courses),
        languages=frozenset(body.languages),
    )
    return await door.run(record_facilitator, command, answer=FacilitatorBody.of, status=201)


@routes.get("/facilitators", response_model=Page[NamedFacilitatorBody], responses=problems(*ALWAYS, NotFound))
async def list_facilitators(
    actor: Caller,
    service: Service,
    campus: Code | None = None,
    course: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[NamedFacilitatorBody]:
    page = await service.queries.list_facilitators(actor, campus=campus, course=course, limit=limit, after=after)
    return Page(items=[NamedFacilitatorBody.of_row(row) for row in page.items], next=page.next)
