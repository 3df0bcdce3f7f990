"""Where mail, SMS and spans end in these tests, each with a log of its own of everything that was handed over.

The provider's answers can be slow or refusals; what the log holds was taken.
"""

import asyncio
import contextlib
import json
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sangam_local.ports import HOST
from sangam_local.sms.app import create_app
from sangam_local.sms.messages import Message, Messages


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One mail that the server took. `source` is what came, compressed."""

    at: float
    to: str
    source: bytes

    def text(self) -> bytes:
        return zlib.decompress(self.source)


@dataclass
class MailSink:
    """`refusal` is answered instead of taking a message; `slow_s` passes before any answer to a message."""

    log: list[HandedOver] = field(default_factory=list)
    refusal: str = ""
    slow_s: float = 0.0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        self.log += [HandedOver(time.time(), to, zlib.compress(content, 1)) for to in envelope.rcpt_tos]
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        return "250 OK"

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=True, loop=loop), HOST, port)
        try:
            yield
        finally:
            server.close()


@dataclass(frozen=True, slots=True)
class Submitted:
    """One SMS that was submitted; `fresh` when the provider did not know its reference."""

    at: float
    reference: str
    to: str
    fresh: bool


class TextLog(Messages):
    """The local catcher's own store, which also remembers what was submitted again."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Submitted] = []

    def take(self, message: Message) -> bool:
        fresh = super().take(message)
        self.log.append(Submitted(time.time(), message.reference, message.to, fresh))
        return fresh


@dataclass(frozen=True, slots=True)
class Span:
    """What a trace needs of a span: Zipkin's ids, kind and name, and which process told it."""

    trace: str
    id: str
    parent: str
    kind: str
    name: str
    process: str
    attributes: tuple[tuple[str, str], ...] = ()


_KEPT = ("sangam.notice.id", "sangam.event.type", "http.route", "messaging.message.id")


@dataclass
class SpanSink:
    """Takes Zipkin's JSON, version 2."""

    spans: list[Span] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/api/v2/spans", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        for told in json.loads(await request.body()):
            kept = tuple((name, told["tags"][name]) for name in _KEPT if name in told.get("tags", {}))
            self.spans.append(
                Span(
                    told["traceId"],
                    told["id"],
                    told.get("parentId", ""),
                    told.get("kind", ""),
                    told["name"],
                    told["localEndpoint"]["serviceName"],
                    kept,
                )
            )
        return Response(status_code=202)


@dataclass
class Sinks:
    """All three, as long as the block lasts."""

    mails: MailSink = field(default_factory=MailSink)
    texts: TextLog = field(default_factory=TextLog)
    traces: SpanSink = field(default_factory=SpanSink)

    @asynccontextmanager
    async def listening(self, smtp: int, sms: int, spans: int) -> AsyncIterator[None]:
        async with (
            self.mails.listening(smtp),
            _serving(create_app(self.texts), sms),
            _serving(self.traces.app(), spans),
        ):
            yield


class _Server(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _serving(app: Starlette, port: int) -> AsyncIterator[None]:
    server = _Server(uvicorn.Config(app, HOST, port, log_level="warning", access_log=False, lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        server.force_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await task
