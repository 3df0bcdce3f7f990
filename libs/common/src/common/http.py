"""The HTTP door's plumbing: RFC 9457 answers, limits, traces and what operators read."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Generic, TypeVar

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.telemetry import TelemetryConfig
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common import telemetry
from common.ids import new_id
from common.problem import Conflict, Forbidden, Invalid, NotFound, Problem, Stale, Unavailable

log = structlog.get_logger()
Row = TypeVar("Row")

# One server span per request is Edge's; FastAPI's own would be a second one, with the whole path in it.
QUIET: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}

REQUEST_ID = "sangam.request_id"  # in the scope: what a command's facts, and the log, name as correlation id
BODY_LIMIT = 64 * 1024
CLOSE_S = 3.0
UPLOAD_LIMIT = 4 * 1024 * 1024


class DoorProblem(Problem):
    """Refused before any use case ran."""

    status: ClassVar[int] = 400


class TokenMissing(DoorProblem):
    """Send a bearer token."""

    status = 401


class TokenInvalid(DoorProblem):
    """The token is not valid here, or no longer."""

    status = 401


class BodyTooLarge(DoorProblem):
    """The body is larger than this route takes."""

    status = 413


class IfMatchMissing(DoorProblem):
    """Say which version you saw: send its ETag as If-Match."""

    status = 428


class IdempotencyKeyMissing(DoorProblem):
    """Send an Idempotency-Key, so that asking again is harmless."""


class InvalidRequest(Invalid):
    """The request is not shaped as the API description says."""


STATUS: Mapping[type[Problem], int] = {
    NotFound: 404, Conflict: 409, Stale: 412, Forbidden: 403, Invalid: 422, Unavailable: 503,
}  # fmt: skip


class Page(BaseModel, Generic[Row]):
    """One page of a list; ask again with `after=next` until `next` is null."""

    items: list[Row]
    next: str | None = None


class ProblemBody(BaseModel):
    """RFC 9457; further members depend on the type."""

    type: str
    title: str
    status: int
    detail: str | None = None


def status_of(kind: type[Problem]) -> int:
    if issubclass(kind, DoorProblem):
        return kind.status
    return next((STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS), 500)


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: every refusal it can answer, grouped by status."""
    declared: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = declared.setdefault(status_of(kind), {"description": "", "content": _PROBLEM_CONTENT})
        entry["description"] = f"{entry['description']} {kind.slug}".strip()
    return declared


_PROBLEM_CONTENT = {"application/problem+json": {"schema": ProblemBody.model_json_schema()}}


def answer_problem(slug: str, title: str, status: int, **members: Any) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "1"} if status == 503 else None
    body = {"type": f"/problems/{slug}", "title": title, "status": status, **members}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def render(problem: Problem) -> JSONResponse:
    title = " ".join((type(problem).__doc__ or problem.slug).split())
    return answer_problem(problem.slug, title, status_of(type(problem)), **problem.members)


async def _on_problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return render(problem)


async def _on_invalid(_: Request, error: Exception) -> Response:
    """Names the places, never the values: those may be personal."""
    assert isinstance(error, RequestValidationError)
    errors = [{"at": ".".join(map(str, e["loc"])), "why": e["msg"]} for e in error.errors()[:20]]
    return render(InvalidRequest(errors=errors))


async def _on_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, BodyTooLarge):
        return render(error.__cause__)
    slug = {404: "no-such-route", 405: "method-not-allowed"}.get(error.status_code, "http-error")
    answer = answer_problem(slug, str(error.detail), error.status_code)
    answer.headers.update(error.headers or {})  # which methods are allowed (RFC 9110)
    return answer


class Edge:
    """Outermost: one server span and one log line per request, the body limit, and a 500 that tells nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ("/livez", "/readyz", "/metrics"):
            return await self._app(scope, receive, send)
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        status, begun = 500, time.perf_counter()

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"]
        scope[REQUEST_ID] = new_id()
        with (
            structlog.contextvars.bound_contextvars(correlation_id=str(scope[REQUEST_ID])),
            telemetry.span(
                method, parent=headers.get(b"traceparent"), kind="server", **{"http.request.method": method}
            ) as span,
        ):
            limit = UPLOAD_LIMIT if scope["path"].endswith("/imports") else BODY_LIMIT
            try:
                if int(headers.get(b"content-length") or 0) > limit:
                    raise BodyTooLarge(limit_bytes=limit)
                await self._app(scope, _limited(receive, limit), note)
            except BodyTooLarge as problem:
                await render(problem)(scope, receive, note)
            except Exception as error:
                log.error("http.failed", error=type(error).__name__, at=telemetry.where(error))
                await answer_problem("internal-error", "Something broke on our side.", 500)(scope, receive, note)
            route = getattr(scope.get("route"), "path", "unrouted")
            span.rename(f"{method} {route}")
            span.set(**{"http.route": route, "http.response.status_code": status})
            telemetry.REQUESTS.labels(method, route, status).observe(time.perf_counter() - begun)
            log.info("http.request", method=method, route=route, status=status)


def _limited(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:  # as the one exception that passes through FastAPI's reading of the body
            raise HTTPException(413) from BodyTooLarge(limit_bytes=limit)
        return message

    return counting


Check = Callable[[], Awaitable[str | None]]


def operator_routes(ready: Check, *more: CollectorRegistry) -> APIRouter:
    """`/livez`, `/readyz` and `/metrics`; `ready` answers what is missing, or None. `more` is shown beside what every
    process has."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/livez")
    async def livez() -> Response:
        return PlainTextResponse("ok")

    @routes.get("/readyz")
    async def readyz() -> Response:
        missing = await ready()
        return PlainTextResponse(missing or "ok", 503 if missing else 200)

    @routes.get("/metrics")
    async def metrics() -> Response:
        pages = [generate_latest(registry) for registry in (REGISTRY, *more)]
        return Response(b"".join(pages), media_type="text/plain; version=0.0.4")

    return routes


def create_app(
    name: str,
    title: str,
    service: object,
    routers: Sequence[APIRouter],
    ready: Check,
    closing: Sequence[Callable[[], Awaitable[None]]] = (),
) -> FastAPI:
    """`name` is the first segment of every path; the description of the API stands at /<name>/v1/openapi.json.

    `closing` is awaited in order after the last request: what was committed is published, then connections end.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        for close in closing:
            try:
                async with asyncio.timeout(CLOSE_S):
                    await close()
            except Exception as error:
                log.warning("http.not_closed", error=type(error).__name__)

    app = FastAPI(
        title=title,
        version="1",
        openapi_url=f"/{name}/v1/openapi.json",
        docs_url=f"/{name}/v1/docs",
        redoc_url=None,
        lifespan=lifespan,
        telemetry=QUIET,
    )
    app.state.service = service
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    for router in routers:
        app.include_router(router)
    app.include_router(operator_routes(ready))
    app.add_middleware(Edge)
    return app
