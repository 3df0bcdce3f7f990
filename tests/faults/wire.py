"""A TCP proxy of the tests' own: a wire that passes bytes on, refuses, resets, hangs, or loses one answer.

It stands between the services and what they talk to. Lost answers are the cruellest: the operation was done.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from sangam_local.ports import HOST
from tests.faults.answers import Ear

Mode = Literal["pass", "refuse", "hang"]
How = Literal["reset", "silence"]
_CHUNK = 64 * 1024
_LINGER_0 = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class _Call:
    """One client's connection and ours behind it. `damaged`: bytes of it were swallowed, so it can never go on."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None
    damaged: bool = False

    def abort(self) -> None:
        for side in (self.client, self.server):
            if side is not None:
                _reset(side)


@dataclass(eq=False)
class Wire:
    """From `port` to `target`, both on this machine. `ear` tells which answers are those of a decisive operation."""

    name: str
    port: int
    target: int
    ear: Callable[[], Ear]
    mode: Mode = "pass"
    lost: int = 0
    _to_lose: int = 0
    _how: How = "reset"
    _calls: set[_Call] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _listener: asyncio.Server | None = None

    @property
    def damaged(self) -> int:
        """Connections that lost bytes by now."""
        return sum(call.damaged for call in self._calls)

    async def open(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(self._serve, HOST, self.port, limit=_CHUNK)

    async def close(self) -> None:
        self._shut()
        self.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def refuse(self) -> None:
        """Nobody listens here any more."""
        self.mode = "refuse"
        self._shut()
        self.reset()

    def reset(self) -> None:
        """Every connection ends with an RST; new ones are welcome."""
        for call in list(self._calls):
            call.abort()

    def hang(self) -> None:
        """Whatever is sent arrives nowhere, and nobody is told."""
        self.mode = "hang"

    def lose(self, answers: int, how: How = "reset") -> None:
        """The next answers of decisive operations are lost after the operation was done; `lost` counts them."""
        self._to_lose, self._how = answers, how

    async def mend(self) -> None:
        """As a wire should be; connections that were cut or swallowed bytes end."""
        self.mode, self._to_lose = "pass", 0
        await self.open()
        for call in list(self._calls):
            if call.damaged:
                call.abort()

    def _shut(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        call = _Call(writer)
        self._calls.add(call)
        try:
            await self._connect(call, reader)
        except (OSError, asyncio.CancelledError):
            pass  # a cut wire is what this is for
        finally:
            call.abort()
            self._calls.discard(call)
            self._tasks.discard(task)

    async def _connect(self, call: _Call, reader: asyncio.StreamReader) -> None:
        if self.mode == "hang":
            call.damaged = True
            while await reader.read(_CHUNK):
                pass
            return
        try:
            answers, call.server = await asyncio.open_connection(HOST, self.target, limit=_CHUNK)
        except OSError:
            return  # nobody behind us: the client sees a reset
        ear = self.ear()
        pumps = [
            asyncio.create_task(self._ask(call, reader, ear)),
            asyncio.create_task(self._answer(call, answers, ear)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _ask(self, call: _Call, reader: asyncio.StreamReader, ear: Ear) -> None:
        assert call.server
        while data := await reader.read(_CHUNK):
            if self.mode == "hang":
                call.damaged = True
                continue
            ear.asked(data)
            call.server.write(data)
            await call.server.drain()

    async def _answer(self, call: _Call, reader: asyncio.StreamReader, ear: Ear) -> None:
        while data := await reader.read(_CHUNK):
            if self.mode == "hang":
                call.damaged = True
                continue
            for piece, decisive in ear.answered(data):
                if decisive and self._to_lose:
                    self._to_lose -= 1
                    self.lost += 1
                    if self._how == "reset":
                        return
                    continue
                call.client.write(piece)
            await call.client.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """An RST instead of a farewell, as from a machine that has gone."""
    with contextlib.suppress(OSError):
        if (sock := writer.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
    writer.transport.abort()
