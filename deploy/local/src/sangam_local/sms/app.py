"""The catcher's HTTP face: what a provider offers to programs, and the page of phones for people."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape
from pydantic import BaseModel, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sangam_local.sms.messages import Message, Messages
from sangam_local.sms.segments import split

PHONES_SHOWN = 120
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")
_WALL = ZoneInfo("Asia/Kolkata")


class Submission(BaseModel):
    """What a sender submits; `to` is E.164."""

    reference: str = Field(min_length=1, max_length=200)
    to: str = Field(pattern=r"^\+[1-9][0-9]{6,14}$")
    text: str = Field(min_length=1, max_length=2_000)
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    sender: str = Field(default="", max_length=20)


def create_app(messages: Messages) -> Starlette:
    async def submit(request: Request) -> Response:
        try:
            given = Submission.model_validate_json(await request.body())
        except ValidationError as refusal:
            return _refused(refusal)
        encoding, segments = split(given.text)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        message = Message(**given.model_dump(), encoding=encoding, segments=segments, received_at=now)
        status = 202 if messages.take(message) else 200
        return JSONResponse({"reference": given.reference, "status": "accepted"}, status)

    async def listing(request: Request) -> Response:
        to = request.query_params.get("to")
        return JSONResponse({"items": [one.row() for one in messages.all() if to in (None, one.to)]})

    async def one(request: Request) -> Response:
        found = messages.find(request.path_params["reference"])
        return JSONResponse(found.row()) if found else _problem(404, "not-found", "There is no such message.")

    async def clear(request: Request) -> Response:
        messages.clear()
        return Response(status_code=204)

    async def page(request: Request) -> Response:
        nonce = secrets.token_urlsafe(12)
        phones = phones_of(messages.all())
        html = (
            _pages()
            .get_template("page.html.j2")
            .render(
                phones=phones[:PHONES_SHOWN],
                hidden=max(0, len(phones) - PHONES_SHOWN),
                total=len(messages.all()),
                nonce=nonce,
            )
        )
        policy = f"default-src 'none'; connect-src 'self'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'"
        return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})

    return Starlette(
        routes=[
            Route("/", page),
            Route("/messages", submit, methods=["POST"]),
            Route("/messages", listing, methods=["GET"]),
            Route("/messages", clear, methods=["DELETE"]),
            Route("/messages/{reference:path}", one, methods=["GET"]),
        ]
    )


def phones_of(messages: Sequence[Message]) -> Sequence[tuple[str, Sequence[Message]]]:
    """Each recipient with their messages, oldest first; the phone that rang last comes first."""
    phones: dict[str, list[Message]] = {}
    for message in messages:
        held = phones.pop(message.to, [])
        phones[message.to] = [*held, message]
    return [*reversed(phones.items())]


def linked(text: str) -> Markup:
    """The text, escaped, with its addresses to tap on, as a phone shows them."""
    cuts = [0, *(cut for found in _LINK.finditer(text) for cut in found.span()), len(text)]
    pieces: Iterable[str] = (text[start:end] for start, end in pairwise(cuts))
    return Markup("").join(
        Markup('<a href="{0}" target="_blank" rel="noreferrer">{0}</a>').format(piece) if turn % 2 else escape(piece)
        for turn, piece in enumerate(pieces)
    )


def wall_time(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(_WALL):%d %b %Y, %H:%M:%S}"


def _pages() -> Environment:
    pages = Environment(loader=PackageLoader("sangam_local.sms", "."), autoescape=True)
    pages.filters |= {"linked": linked, "wall_time": wall_time}
    return pages


def _refused(refusal: ValidationError) -> Response:
    """Names the fields and not their values: a log of the sender must not hold a phone number."""
    wrong = [".".join(str(part) for part in error["loc"]) or "body" for error in refusal.errors()]
    return _problem(422, "message-invalid", "The message cannot be sent.", {"fields": wrong})


def _problem(status: int, slug: str, title: str, members: Mapping[str, Any] | None = None) -> Response:
    body = {"type": f"/problems/{slug}", "title": title, "status": status, **(members or {})}
    return JSONResponse(body, status, media_type="application/problem+json")
