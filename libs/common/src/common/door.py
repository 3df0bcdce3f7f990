"""What a route needs of a request: who asks, once, from which version, for real or not."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel

from common import inbox
from common.auth import TokenRefused, Verified, Verifier
from common.cause import Cause
from common.clock import real_now
from common.group import GroupCommit
from common.http import REQUEST_ID, IdempotencyKeyMissing, IfMatchMissing, TokenInvalid, TokenMissing
from common.ids import new_id
from common.once import Answer, Once
from common.problem import Invalid
from common.store import Reads
from common.telemetry import traceparent
from common.transaction import Member, T
from common.transactions import Transactions

C = TypeVar("C")
R = TypeVar("R")
A = TypeVar("A")

PATIENCE_S = 2.0
MOST_DIGITS = 18
KEY_LIMIT = 200


class IdempotencyKeyInvalid(Invalid):
    """An Idempotency-Key has 1 to 200 visible ASCII characters."""


class IfMatchInvalid(Invalid):
    """If-Match takes one ETag as it was given, such as "3"."""


class Service(Protocol[T]):
    """What both doors are handed, as far as this door needs it."""

    @property
    def transactions(self) -> Transactions[T]: ...
    @property
    def hot(self) -> GroupCommit[T]: ...
    @property
    def reads(self) -> Reads: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def verifier(self) -> Verifier: ...


class Door(Generic[T, A]):
    """One command request. `if_version` is None when no If-Match came."""

    def __init__(
        self, service: Service[T], actor: A, cause: Cause, once: Once | None, if_version: int | None, dry_run: bool
    ) -> None:
        self._service, self.actor, self._cause, self._once = service, actor, cause, once
        self.if_version, self._dry_run = if_version, dry_run

    @property
    def now(self) -> datetime:
        return self._cause.at

    @property
    def version(self) -> int:
        """For what people edit. Raises IfMatchMissing."""
        if self.if_version is None:
            raise IfMatchMissing()
        return self.if_version

    async def run(
        self,
        handler: Callable[[C, T], Awaitable[R]],
        command: C,
        answer: Callable[[R], BaseModel],
        *,
        status: int = 200,
        hot: object | None = None,
        location: Callable[[R], str] | None = None,
        ahead: Callable[[C, T], Awaitable[None]] | None = None,
    ) -> Response:
        """The answer is rendered inside the transaction: its bytes are kept with the Idempotency-Key.

        `hot` names a document that many commands want at once: they are then decided together, and `ahead` says what
        the handler will read, so that they read it together.
        """

        async def work(tx: T) -> Answer:
            result = await handler(command, tx)
            headers = {"Location": location(result)} if location else {}
            if isinstance(version := getattr(result, "version", None), int):
                headers["ETag"] = f'"{version}"'
            return Answer(status, answer(result).model_dump_json().encode(), headers)

        async def read_ahead(tx: T) -> None:
            if ahead:
                await ahead(command, tx)

        member = Member(work, self._cause, self._once, self._dry_run, ahead=read_ahead)
        if hot is not None:
            outcome = await self._service.hot.decide(member, str(hot))
        else:
            [outcome] = await self._service.transactions.run_group([member])
        said = outcome.unwrap()
        headers = dict(said.headers)
        if outcome.positions:
            headers["Sangam-Position"] = ",".join(outcome.positions)
        return Response(said.body, 200 if self._dry_run else said.status, headers, "application/json")


async def verified(request: Request) -> Verified:
    """Raises TokenMissing, TokenInvalid."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenMissing()
    try:
        found: Verified = await request.app.state.service.verifier.verify(token.strip())
    except TokenRefused as error:
        raise TokenInvalid() from error
    return found


async def open_door(request: Request, actor_of: Callable[[Verified], A]) -> Door[Any, A]:
    """For commands: the token, Idempotency-Key (required), If-Match, `dry_run` and the trace of this request."""
    who = await verified(request)
    key = request.headers.get("idempotency-key")
    if key is None:
        raise IdempotencyKeyMissing()
    if not (0 < len(key) <= KEY_LIMIT and key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid()
    scope = f"{who.claims['iss']}|{who.subject}|{request.method} {request.url.path}"
    return await door_for(request, actor_of(who), scope, key)


async def door_for(request: Request, actor: A, scope: str, key: str, *, says_all: bool = False) -> Door[Any, A]:
    """For a caller known otherwise than by a token: an action link is its own key. `says_all`: so does the key of what
    is asked, however the body spells it."""
    service: Service[Any] = request.app.state.service
    id = request.scope.get(REQUEST_ID) or new_id()
    body = key.encode() if says_all else await request.body()
    once = Once(scope, key, hashlib.sha256(body).hexdigest(), kept_from=real_now())
    cause = Cause(id, id, service.clock(), traceparent())
    dry_run = request.query_params.get("dry_run", "").lower() in ("1", "on", "t", "true", "y", "yes")
    return Door(service, actor, cause, once, _if_version(request.headers), dry_run)


async def caller(request: Request, response: Response, actor_of: Callable[[Verified], A]) -> A:
    """For reads: the actor; with Sangam-Position, what they did elsewhere is waited for, two seconds at most."""
    who = await verified(request)
    positions = request.headers.get("sangam-position")
    if positions and not await _reached(request.app.state.service.reads, positions):
        response.headers["Sangam-Stale"] = "true"
    return actor_of(who)


async def _reached(reads: Reads, positions: str) -> bool:
    """Topics that this service does not consume have no row here, nor ever will: only known topics are waited for."""
    wanted = {}
    for position in positions.split(",")[:20]:
        stream, _, sequence = position.strip().rpartition(":")
        if (number := _number(sequence)) is not None:
            wanted[stream.replace(":", "/", 1)] = number
    topics = {row["_id"].partition("/")[0] for row in await reads.select("positions", {}, limit=200)}
    wanted = {stream: sequence for stream, sequence in wanted.items() if stream.partition("/")[0] in topics}
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_S
    while wanted:
        rows = await reads.select(
            inbox.COLLECTION, {"_id": {"$in": list(wanted)}}, fields=["applied", "parked"], limit=len(wanted)
        )
        if any(row.get("parked") and row["applied"] < wanted[row["_id"]] for row in rows):
            return False  # it waits for a person, not for a moment
        applied = {row["_id"]: row["applied"] for row in rows}
        wanted = {stream: sequence for stream, sequence in wanted.items() if applied.get(stream, 0) < sequence}
        if wanted and loop.time() >= deadline:
            return False
        if wanted:
            await asyncio.sleep(0.03)
    return True


def _if_version(headers: Mapping[str, str]) -> int | None:
    if (value := headers.get("if-match")) is None:
        return None
    if (version := _number(value.strip().removeprefix("W/").strip('"'))) is None:
        raise IfMatchInvalid()
    return version


def _number(text: str) -> int | None:
    """As we write them: ASCII digits, and no more than a database's number holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
