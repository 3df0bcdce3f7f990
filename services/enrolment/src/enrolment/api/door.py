"""What every route of this service needs of a request: the actor, for reads and for commands."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from common import door
from common.auth import Verified
from common.door import Door
from common.http import TokenInvalid
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.runtime import Enrolments
from enrolment.domain.words import Actor

# The headers are read by the common door; they are named here for the API's description.
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", description="Yours for this command; asked for")]
Match = Annotated[str | None, Header(alias="If-Match", description="The ETag of what you saw, where people edit it")]
DryRun = Annotated[bool, Query(description="Answer what would happen, and do nothing")]
Position = Annotated[str | None, Header(alias="Sangam-Position", description="What you did elsewhere is waited for")]
PlainDoor = Door[EnrolmentTransaction, Actor]


def actor_of(verified: Verified) -> Actor:
    """Raises TokenInvalid."""
    claims = verified.claims
    try:
        person = UUID(claims["person_id"]) if claims.get("person_id") else None
        campuses = frozenset(str(campus) for campus in claims.get("campuses") or ())
        # "system" is for our own workers, whatever a token says
        kinds = frozenset(str(kind) for kind in claims.get("kinds") or ()) - {"system"}
        return Actor(person, campuses, kinds)
    except (ValueError, TypeError, AttributeError) as error:
        raise TokenInvalid() from error


async def open_door(
    request: Request,
    bearer: Bearer,
    idempotency_key: Key = None,
    if_match: Match = None,
    dry_run: DryRun = False,
) -> PlainDoor:
    return await door.open_door(request, actor_of)


async def caller(request: Request, response: Response, bearer: Bearer, sangam_position: Position = None) -> Actor:
    return await door.caller(request, response, actor_of)


def service_of(request: Request) -> Enrolments:
    service: Enrolments = request.app.state.service
    return service


CommandDoor = Annotated[PlainDoor, Depends(open_door)]
Caller = Annotated[Actor, Depends(caller)]
Service = Annotated[Enrolments, Depends(service_of)]
Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str | None, Query(max_length=100)]
