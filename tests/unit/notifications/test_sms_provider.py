"""What a provider's behaviour on the wire means: certainly not taken, never to be taken, or nobody knows (M-12)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from notifications.adapters.sms.catcher import SmsCatcher
from notifications.application.ports import AnswerLost, HandOverFailed, NotTaken, Refused
from sangam_local.ports import Ports

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def answering(status: str, body: str = "{}") -> Behaviour:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"Content-Length: " in head:
            await reader.readexactly(int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]))
        head_of_answer = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write((head_of_answer + body).encode())
        await writer.drain()
        writer.close()

    return behave


async def hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@asynccontextmanager
async def provider(behaviour: Behaviour) -> AsyncIterator[SmsCatcher]:
    server = await asyncio.start_server(behaviour, "127.0.0.1", 0)
    catcher = SmsCatcher(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", answer_s=0.3)
    try:
        yield catcher
    finally:
        await catcher.close()
        server.close()


async def sent(catcher: SmsCatcher) -> str:
    return await catcher.send("ours", "+919400000001", "You have a place", "en")


@pytest.mark.rule("M-12")
@pytest.mark.parametrize(
    ("behaviour", "meaning", "reason"),
    [
        (answering("400 Bad Request"), Refused, "provider-400"),
        (answering("429 Too Many Requests"), AnswerLost, "provider-429"),
        (answering("503 Service Unavailable"), AnswerLost, "provider-503"),
        (hanging_up, AnswerLost, "provider-silent"),
        (silent, AnswerLost, "provider-silent"),
    ],
)
async def test_what_went_wrong_is_told_apart(behaviour: Behaviour, meaning: type[HandOverFailed], reason: str) -> None:
    async with provider(behaviour) as catcher:
        with pytest.raises(meaning) as failure:
            await sent(catcher)

    assert failure.value.reason == reason


@pytest.mark.rule("M-12")
async def test_a_provider_that_is_away_took_nothing() -> None:
    catcher = SmsCatcher(f"http://127.0.0.1:{Ports.free().sms}")
    with pytest.raises(NotTaken):
        await sent(catcher)
    with pytest.raises(NotTaken):
        await catcher.known("ours")
    await catcher.close()


@pytest.mark.rule("M-12")
async def test_the_provider_is_asked_for_what_it_knows() -> None:
    async with provider(answering("200 OK", '{"reference": "theirs"}')) as catcher:
        assert (await sent(catcher), await catcher.known("ours")) == ("theirs", "theirs")
    async with provider(answering("404 Not Found")) as catcher:
        assert await catcher.known("ours") is None
    async with provider(answering("200 OK", "not json")) as catcher:
        assert await sent(catcher) == "ours"
