"""What every route of this service needs of a request: the actor, for reads and for commands."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import HTTPBearer

from common import door
from common.auth import Verified
from common.door import Door
from common.http import TokenInvalid
from common.ids import new_id
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.runtime import Scheduling
from scheduling.domain.words import Actor, CampusId

# The headers are read by the common door; they are named here for the API's description.
Bearer = Depends(HTTPBearer(auto_error=False))
Key = Annotated[str | None, Header(alias="Idempotency-Key", description="Yours for this command; asked for")]
Match = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of what you saw, where people edit it",
        json_schema_extra={"pattern": '^(W/)?"?[0-9]+"?$'},
    ),
]
DryRun = Annotated[bool, Query(description="Answer what would happen, and do nothing")]
Position = Annotated[str | None, Header(alias="Sangam-Position", description="What you did elsewhere is waited for")]
PlainDoor = Door[SchedulingTransaction, Actor]


def actor_of(verified: Verified) -> Actor:
    """Raises TokenInvalid."""
    claims = verified.claims
    try:
        person = UUID(claims["person_id"]) if claims.get("person_id") else None
        campuses = frozenset(CampusId(str(campus)) for campus in claims.get("campuses") or ())
        return Actor(person, campuses, frozenset(map(str, claims.get("kinds") or ())))
    except (ValueError, TypeError, AttributeError) as error:
        raise TokenInvalid() from error


async def open_door(request: Request, idempotency_key: Key = None, dry_run: DryRun = False) -> PlainDoor:
    return await door.open_door(request, actor_of)


async def open_edit_door(
    request: Request, idempotency_key: Key = None, if_match: Match = None, dry_run: DryRun = False
) -> PlainDoor:
    """For what people edit."""
    return await door.open_door(request, actor_of)


async def open_put_door(
    request: Request, idempotency_key: Key = None, if_match: Match = None, dry_run: DryRun = False
) -> PlainDoor:
    """A PUT is the same however often it is sent: the key is taken, but not asked for."""
    if idempotency_key is not None:
        return await door.open_door(request, actor_of)
    who = await door.verified(request)
    return await door.door_for(request, actor_of(who), f"{who.subject}|{request.url.path}", str(new_id()))


async def caller(request: Request, response: Response, sangam_position: Position = None) -> Actor:
    return await door.caller(request, response, actor_of)


def service_of(request: Request) -> Scheduling:
    service: Scheduling = request.app.state.service
    return service


CommandDoor = Annotated[PlainDoor, Depends(open_door)]
EditDoor = Annotated[PlainDoor, Depends(open_edit_door)]
PutDoor = Annotated[PlainDoor, Depends(open_put_door)]
Caller = Annotated[Actor, Depends(caller)]
Service = Annotated[Scheduling, Depends(service_of)]
Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str | None, Query(max_length=100)]
