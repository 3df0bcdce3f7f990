"""A real Envoy in front of an echo, for tests of the gateway alone: free ports, its own folder, stopped by its pid."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sangam_local import gateway

ENVOY = Path(sys.executable).with_name("envoy")
ENVOY_OPTIONS = ("--disable-hot-restart", "--concurrency", "1", "--file-flush-interval-msec", "100")
METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listening.getsockname()[1] for listening in sockets]
    for listening in sockets:
        listening.close()
    return ports


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.02)


@dataclass
class Upstream:
    """Stands for all three services and for the trace server: says what reached it, keeps the spans it was sent."""

    spans: list[dict[str, Any]] = field(default_factory=list)

    async def echo(self, request: Request) -> Response:
        body = await request.body()
        seen = {
            "path": request.url.path,
            "query": request.url.query,
            "headers": dict(request.headers),
            "size": len(body),
        }
        return JSONResponse({"method": request.method, **seen}, headers={"ETag": '"7"'})

    async def take_spans(self, request: Request) -> Response:
        self.spans.extend(await request.json())
        return Response(status_code=202)

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        routes = [
            Route("/api/v2/spans", self.take_spans, methods=["POST"]),
            Route("/{path:path}", self.echo, methods=METHODS),
        ]
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, log_level="warning"))
        serving = asyncio.create_task(server.serve())

        async def started() -> bool:
            return server.started or serving.done()

        await until(started)
        try:
            yield
        finally:
            server.should_exit = True
            await serving


@dataclass
class RunningGateway:
    """One Envoy; `home` holds its keys, `log` what it printed."""

    home: Path
    ports: dict[str, int]
    upstream: Upstream
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['gateway']}"

    async def statistic(self, name: str) -> int:
        async with httpx.AsyncClient() as http:
            admin = f"http://127.0.0.1:{self.ports['gateway_admin']}/stats"
            answer = await http.get(admin, params={"format": "json", "filter": f"^{name}$"})
            found = [entry["value"] for entry in answer.json()["stats"] if entry.get("name") == name]
            return int(found[0]) if found else 0


@asynccontextmanager
async def running_gateway(
    home: Path, *, profile: str = "test", limits: gateway.Limits | None = None, serve: bool = True, **ports: int
) -> AsyncIterator[RunningGateway]:
    """`serve=False` leaves the services away; `ports` names more parts, such as `identity`."""
    upstream = Upstream()
    front, admin, back = free_ports(3)
    named = {"gateway": front, "gateway_admin": admin, "traces": back, **ports}
    named |= {f"{service}_api": back for service in gateway.SERVICES}
    config = gateway.render(named, home, profile, limits=limits)
    log = home / "gateway.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            ENVOY, "-c", config, *ENVOY_OPTIONS, stdout=output, stderr=asyncio.subprocess.STDOUT
        )
        running = RunningGateway(home, named, upstream, log)
        try:
            await until(lambda: _ready(process, admin, log))
            if serve:
                async with upstream.listening(back):
                    yield running
            else:
                yield running
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _ready(process: asyncio.subprocess.Process, admin: int, log: Path) -> bool:
    if process.returncode is not None:
        raise RuntimeError(f"envoy ended with {process.returncode}, see {log}")
    try:
        async with httpx.AsyncClient() as http:
            return (await http.get(f"http://127.0.0.1:{admin}/ready")).status_code == 200
    except httpx.TransportError:
        return False
