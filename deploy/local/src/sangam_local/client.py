"""A small client of the gateway, as a careful frontend would be: repeats what may be lost, under the same key."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import httpx

T = TypeVar("T")
Json = Any

_LATER = frozenset({429, 502, 503, 504})
_LOST = (httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.TimeoutException)


class Refused(Exception):
    """An answer that is not a success. `problem` is the body when it was JSON."""

    def __init__(self, method: str, path: str, status: int, problem: Mapping[str, Any]) -> None:
        said = problem.get("detail") or problem.get("title") or ""
        super().__init__(f"{method} {path} was answered {status} {problem.get('type', '')} {said}".strip())
        self.status = status
        self.problem = problem

    @property
    def slug(self) -> str:
        return str(self.problem.get("type", "")).rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: the body (JSON or text) and what matters of the headers."""

    status: int
    body: Json
    etag: str
    location: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Gateway:
    """One door for all actors. `patience` is how long (s) an outage may last before a call gives up."""

    http: httpx.AsyncClient
    patience: float = 60.0
    positions: dict[str, int] = field(default_factory=dict)

    def acting(self, token: str | None) -> "Acting":
        return Acting(self, token)

    async def call(
        self, method: str, path: str, token: str | None, headers: Mapping[str, str], **request: Any
    ) -> Answer:
        sent = dict(headers)
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if method == "GET" and self.positions:
            sent["Sangam-Position"] = ",".join(f"{of}:{at}" for of, at in self.positions.items())
        until = time.monotonic() + self.patience
        pause = 0.05
        while True:
            try:
                got = await self.http.request(method, path, headers=sent, **request)
            except _LOST:
                if time.monotonic() > until:
                    raise
            else:
                if got.status_code not in _LATER or time.monotonic() > until:
                    return self._taken(method, path, got)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    def _taken(self, method: str, path: str, got: httpx.Response) -> Answer:
        body = got.json() if "json" in got.headers.get("content-type", "") else got.text
        if got.is_error:
            raise Refused(method, path, got.status_code, body if isinstance(body, dict) else {"detail": body[:300]})
        if position := got.headers.get("sangam-position"):
            self._remember(position)
        return Answer(got.status_code, body, got.headers.get("etag", ""), got.headers.get("location", ""), got.headers)

    def _remember(self, position: str) -> None:
        """Keeps the newest few: a header must stay small, and older ones were waited for already."""
        for part in position.split(","):
            of, _, at = part.strip().rpartition(":")
            newest = max(int(at), self.positions.pop(of, 0))
            self.positions[of] = newest
        while len(self.positions) > 8:
            del self.positions[next(iter(self.positions))]


@dataclass(frozen=True, slots=True)
class Acting:
    """The gateway as one actor sees it; no token is the open routes only."""

    gateway: Gateway
    token: str | None

    async def get(self, path: str, **params: Any) -> Answer:
        return await self.gateway.call("GET", path, self.token, {}, params=params or None)

    async def post(
        self, path: str, json: Json = None, *, if_match: str = "", key: str = "", csv: str | None = None, **params: Any
    ) -> Answer:
        """A command. The key is new unless given; retries repeat it."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        if if_match:
            headers["If-Match"] = if_match
        if csv is not None:
            headers["Content-Type"] = "text/csv"
            return await self.gateway.call("POST", path, self.token, headers, content=csv.encode(), params=params)
        return await self.gateway.call("POST", path, self.token, headers, json=json or {}, params=params)

    async def edit(self, path: str, verb: str, json: Json = None) -> Answer:
        """A command on the newest version of what is at `path`: what somebody changed meanwhile (412) is read first."""
        until = time.monotonic() + self.gateway.patience
        while True:
            try:
                return await self.post(f"{path}/{verb}", json, if_match=(await self.get(path)).etag)
            except Refused as refused:
                if refused.status != 412 or time.monotonic() > until:
                    raise

    async def put(self, path: str, json: Json, *, if_match: str = "") -> Answer:
        headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": if_match} if if_match else {})
        return await self.gateway.call("PUT", path, self.token, headers, json=json)

    async def form(self, path: str, **fields: str) -> Answer:
        """What a button on a page sends; the answer is asked for as JSON."""
        headers = {"Accept": "application/json"}
        return await self.gateway.call("POST", path, self.token, headers, data=fields)

    async def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        items: list[dict[str, Any]] = []
        after: dict[str, Any] = {}
        while True:
            page = (await self.get(path, limit=200, **params, **after)).body
            items += page["items"]
            if not page.get("next"):
                return items
            after = {"after": page["next"]}


@asynccontextmanager
async def gateway(url: str, *, patience: float = 60.0) -> AsyncIterator[Gateway]:
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
    async with httpx.AsyncClient(base_url=url, timeout=20, limits=limits) as http:
        yield Gateway(http, patience)


async def eventually(look: Callable[[], Awaitable[T | None]], what: str, *, within: float = 60.0) -> T:
    """Looks again until there is something; raises TimeoutError that says what was waited for."""
    until = time.monotonic() + within
    pause = 0.05
    while (found := await look()) is None:
        if time.monotonic() > until:
            raise TimeoutError(f"waited {within:.0f} s in vain: {what}")
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.5)
    return found
