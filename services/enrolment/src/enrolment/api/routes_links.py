"""Action links: GET shows a page and never acts (mail scanners follow links), POST acts once."""

import hashlib
import json
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response

from common.door import door_for
from common.gate import Rebuilding
from common.http import InvalidRequest, problems
from common.problem import NotFound, Problem, Unavailable
from enrolment.api import link_page
from enrolment.api.door import Service
from enrolment.api.schemas_enrolments import ActedAnswer
from enrolment.application.commands_links import ActOnLink, act_on_link
from enrolment.application.runtime import Enrolments
from enrolment.domain.errors import (
    LinkExpired,
    LinkInvalid,
    LinkUsed,
    MandatoryNominee,
    NoSuchAct,
    OfferDeadlinePassed,
    OfferingNotOpen,
    OfferingState,
    OfferSuperseded,
    ReconfirmationDeadlinePassed,
    ReconfirmationSuperseded,
    WrongState,
)
from enrolment.domain.links import LinkClaims
from enrolment.domain.words import Actor

Token = Annotated[str, Query(alias="t", max_length=1000)]
HTML: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}}}
REFUSALS = (
    InvalidRequest, LinkExpired, LinkInvalid, LinkUsed, MandatoryNominee, NoSuchAct, NotFound, OfferDeadlinePassed,
    OfferingNotOpen, OfferingState, OfferSuperseded, Rebuilding, ReconfirmationDeadlinePassed,
    ReconfirmationSuperseded, Unavailable, WrongState,
)  # fmt: skip
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["t", "act"],
                    "properties": {
                        "t": {"type": "string"},
                        "act": {"enum": ["accept", "refuse", "reconfirm", "decline"]},
                    },
                }
            }
        },
    }
}

routes = APIRouter(prefix="/enrolment/v1", tags=["links"])


@routes.get("/links", response_class=Response, responses={**problems(*REFUSALS), **HTML})
async def show_link(t: Token, service: Service) -> Response:
    """The page that a link in a message opens: what it is about, until when, and the buttons."""
    try:
        claims = service.links.read(t)
    except LinkInvalid as problem:
        return link_page.refuse(problem)
    view = await service.queries.view_link(claims)
    try:
        if not view.answered:
            claims.check(service.clock())
    except LinkExpired as problem:
        return link_page.refuse(problem, claims.purpose, view)
    return link_page.ask(claims.purpose, view, t)


@routes.post("/links", response_model=ActedAnswer, responses={**problems(*REFUSALS)}, openapi_extra=FORM)
async def act_on_link_form(request: Request, service: Service) -> Response:
    """The token is the key: the same act again answers the same, another act is refused."""
    as_json = "application/json" in request.headers.get("accept", "")
    claims: LinkClaims | None = None
    try:
        token, act = _fields(await request.body())
        claims = service.links.read(token)
        answered = await _act(request, service, claims, token, act)
    except Problem as problem:
        if as_json:
            raise
        view = await service.queries.view_link(claims) if claims else None
        return link_page.refuse(problem, claims.purpose if claims else None, view)
    if as_json:
        return answered
    said = json.loads(bytes(answered.body))
    return link_page.thank(claims.purpose, await service.queries.view_link(claims), said["act"])


async def _act(request: Request, service: Enrolments, claims: LinkClaims, token: str, act: str) -> Response:
    key = hashlib.sha256(f"{token}|{act}".encode()).hexdigest()
    door = await door_for(request, Actor(), "link", key, says_all=True)
    offering_id = await service.queries.offering_of(claims.enrolment_id)
    return await door.run(act_on_link, ActOnLink(claims, act), ActedAnswer.of, hot=offering_id)


def _fields(body: bytes) -> tuple[str, str]:
    """Raises InvalidRequest."""
    try:
        form = parse_qs(body.decode("ascii"), max_num_fields=5)
        [token], [act] = form["t"], form["act"]
    except (KeyError, ValueError):
        raise InvalidRequest(detail="the form has the fields t and act") from None
    return token, act
