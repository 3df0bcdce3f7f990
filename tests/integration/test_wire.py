"""The tests' own network: what it passes on, and how it breaks."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest

from tests.faults.answers import Piece
from tests.faults.wire import How, Wire
from tests.support.eventually import eventually
from tests.support.gateway import free_ports


class Every:
    """All answers to what begins with `do` are decisive."""

    def __init__(self) -> None:
        self._asked = b""

    def asked(self, data: bytes) -> None:
        self._asked = data

    def answered(self, data: bytes) -> Iterator[Piece]:
        yield data, self._asked.startswith(b"do")


@dataclass
class Echo:
    """A server that remembers what it was told, and answers `did …`."""

    heard: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            self.heard.append(line)
            writer.write(b"did " + line)
        writer.close()


@pytest.fixture
async def echo_and_wire() -> AsyncIterator[tuple[Echo, Wire]]:
    echo, [target, port] = Echo(), free_ports(2)
    server = await asyncio.start_server(echo.serve, "127.0.0.1", target)
    wire = Wire("echo", port, target, Every)
    await wire.open()
    yield echo, wire
    await wire.close()
    server.close()


async def call(wire: Wire) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", wire.port)


async def test_it_passes_on_what_is_said(echo_and_wire: tuple[Echo, Wire]) -> None:
    _, wire = echo_and_wire
    reader, writer = await call(wire)

    writer.write(b"do it\n")

    assert await reader.readline() == b"did do it\n"
    writer.close()


@pytest.mark.parametrize("how", ["reset", "silence"])
async def test_it_loses_the_answer_of_what_was_done(echo_and_wire: tuple[Echo, Wire], how: How) -> None:
    echo, wire = echo_and_wire
    reader, writer = await call(wire)
    wire.lose(1, how)

    writer.write(b"see\n")
    assert await reader.readline() == b"did see\n"
    writer.write(b"do it\n")

    if how == "reset":
        with pytest.raises(ConnectionResetError):
            await reader.readline()
    else:
        await eventually(lambda: wire.lost == 1)
        writer.write(b"see\n")
        assert await reader.readline() == b"did see\n"
    assert (echo.heard[1], wire.lost) == (b"do it\n", 1)
    writer.close()


async def test_it_refuses_and_is_mended(echo_and_wire: tuple[Echo, Wire]) -> None:
    _, wire = echo_and_wire
    reader, _ = await call(wire)

    wire.refuse()

    with pytest.raises(ConnectionResetError):
        await reader.readline()
    with pytest.raises(ConnectionRefusedError):
        await call(wire)
    await wire.mend()
    reader, writer = await call(wire)
    writer.write(b"see\n")
    assert await reader.readline() == b"did see\n"
    writer.close()


async def test_what_hangs_arrives_nowhere_and_ends_when_it_is_mended(echo_and_wire: tuple[Echo, Wire]) -> None:
    echo, wire = echo_and_wire
    reader, writer = await call(wire)
    writer.write(b"see\n")
    await reader.readline()

    wire.hang()
    writer.write(b"do it\n")
    late, other = await call(wire)
    other.write(b"do it\n")
    await eventually(lambda: wire.damaged == 2)
    await wire.mend()

    for end in (reader, late):
        with pytest.raises(ConnectionResetError):
            await end.readline()
    assert echo.heard == [b"see\n"]
