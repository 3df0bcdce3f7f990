"""Who asks, from the verified token (X1). This service has no commands over HTTP: its reasons are facts."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import HTTPBearer

from common import door
from common.auth import Verified
from common.http import TokenInvalid
from notifications.application.runtime import Notifications
from notifications.domain.words import Actor

# The header is read by the common door; it is named here for the API's description.
Bearer = Depends(HTTPBearer(auto_error=False))
Position = Annotated[str | None, Header(alias="Sangam-Position", description="What you did elsewhere is waited for")]


def actor_of(verified: Verified) -> Actor:
    """Raises TokenInvalid."""
    claims = verified.claims
    try:
        person = UUID(claims["person_id"]) if claims.get("person_id") else None
        return Actor(
            person_id=person,
            campuses=frozenset(map(str, claims.get("campuses") or ())),
            kinds=frozenset(map(str, claims.get("kinds") or ())),
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise TokenInvalid() from error


async def caller(request: Request, response: Response, sangam_position: Position = None) -> Actor:
    return await door.caller(request, response, actor_of)


def service_of(request: Request) -> Notifications:
    service: Notifications = request.app.state.service
    return service


Caller = Annotated[Actor, Depends(caller)]
Service = Annotated[Notifications, Depends(service_of)]
Limit = Annotated[int, Query(ge=1, le=200)]
Text = Annotated[str | None, Query(max_length=100)]
