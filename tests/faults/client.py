"""A client of the gateway that notes what it does: it repeats under the same key until it knows, or gives up.

It is not forgiving like a person's frontend: every single answer goes into the history.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.history import History, Operation, Said

LATER = frozenset({429, 502, 503, 504})
PATIENCE_S = 75.0


@dataclass
class Client:
    http: httpx.AsyncClient
    history: History

    async def command(
        self,
        kind: str,
        path: str,
        body: Any,
        token: str,
        *,
        method: str = "POST",
        if_match: str = "",
        marks: tuple[str, ...] = (),
        patience: float = PATIENCE_S,
        at_once: int = 1,
        **about: str,
    ) -> Operation:
        """`at_once`: so many equal requests side by side, as a nervous finger sends them."""
        trace, span = secrets.token_hex(16), secrets.token_hex(8)
        operation = Operation(kind, method, path, str(uuid4()), about, marks, trace)
        self.history.begin(operation)
        headers = {"Idempotency-Key": operation.key, "traceparent": f"00-{trace}-{span}-01"}
        if if_match:
            headers["If-Match"] = if_match
        sent = [self._until_known(operation, body, token, headers, patience) for _ in range(at_once)]
        said = [answer for answer in await asyncio.gather(*sent) if answer]
        operation.ended = time.time()
        for one in sorted(said, key=lambda answer: answer.status >= 400):
            if one.status < 400 or not operation.ok:  # of equal ones side by side a refusal may have come first
                operation.hear(one)
        return operation

    async def again(self, operation: Operation, body: Any, token: str, if_match: str = "") -> None:
        """The same key and body once more: whatever it answers belongs to the same operation."""
        headers = {"Idempotency-Key": operation.key} | ({"If-Match": if_match} if if_match else {})
        if said := await self._until_known(operation, body, token, headers, PATIENCE_S):
            operation.hear(said)

    async def otherwise(self, operation: Operation, body: Any, token: str) -> None:
        """The same key with another body."""
        headers = {"Idempotency-Key": operation.key}
        if said := await self._until_known(operation, body, token, headers, PATIENCE_S):
            operation.other_body.append(said.status)

    async def get(self, path: str, token: str, *, position: str = "", **params: Any) -> httpx.Response:
        """Once. Raises httpx.TransportError."""
        headers = {"Authorization": f"Bearer {token}"} | ({"Sangam-Position": position} if position else {})
        return await self.http.get(path, headers=headers, params=params or None)

    async def read(self, path: str, token: str, patience: float = PATIENCE_S, **params: Any) -> httpx.Response:
        """Until it is answered. Raises TimeoutError."""
        until = time.monotonic() + patience
        while True:
            try:
                answer = await self.get(path, token, **params)
                if answer.status_code not in LATER:
                    return answer
            except httpx.TransportError:
                pass  # asked again
            if time.monotonic() > until:
                raise TimeoutError(f"GET {path} was not answered for {patience:.0f} s")
            await asyncio.sleep(0.2)

    async def all(self, path: str, token: str, **params: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            answer = await self.read(path, token, limit=200, **params, **after)
            if answer.status_code != 200:
                raise AssertionError(f"GET {path}: {answer.status_code} {answer.text[:200]}")
            page = answer.json()
            items += page["items"]
            if not page.get("next"):
                return items
            after = {"after": page["next"]}

    async def _until_known(
        self, operation: Operation, body: Any, token: str, headers: Mapping[str, str], patience: float
    ) -> Said | None:
        until = time.monotonic() + patience
        pause = 0.1
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
        while True:
            operation.tries += 1
            try:
                answer = await self.http.request(
                    operation.method, operation.path, headers=sent, content=json.dumps(body)
                )
            except httpx.TransportError:
                operation.lost += 1
            else:
                if answer.status_code not in LATER:
                    positions = tuple(p for p in answer.headers.get("sangam-position", "").split(",") if p)
                    return Said(answer.status_code, answer.text, answer.headers.get("etag", ""), positions)
            if time.monotonic() > until:
                return None
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)


@asynccontextmanager
async def client(url: str, history: History) -> AsyncIterator[Client]:
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(base_url=url, timeout=20, limits=limits) as http:
        yield Client(http, history)
