"""So many requests, so many at a time, each whole in one segment: a client that costs next to nothing."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request in wire form, and who asks."""

    person: str
    request: bytes


@dataclass(frozen=True)
class Answered:
    """When it left and when its answer was there (s), and what that said."""

    person: str
    sent: float
    back: float
    status: int
    body: Mapping[str, Any]


def post(path: str, person: str, body: bytes = b"{}", **headers: str) -> Asked:
    said = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return Asked(person, f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body)


async def rush(port: int, asked: Sequence[Asked], at_once: int) -> list[Answered]:
    """In the order in which the answers came."""
    waiting, found = iter(asked), list[Answered]()
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(at_once)]
    try:
        await asyncio.gather(*(_ask(*connection, waiting, found) for connection in connections))
    finally:
        for _, writer in connections:
            writer.close()
    return found


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waiting: Iterator[Asked], found: list[Answered]
) -> None:
    for asked in waiting:
        sent = time.monotonic()
        writer.write(asked.request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        back = time.monotonic()
        status = int(head.split(b" ", 2)[1])
        said = json.loads(body) if b"json" in head else {"text": body.decode(errors="replace")}
        found.append(Answered(asked.person, sent, back, status, said))
