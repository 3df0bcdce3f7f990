"""A collector that takes every span and keeps none: the exporter's own cost is ours to pay, a collector's is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

ACCEPTED = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"


@asynccontextmanager
async def collector() -> AsyncIterator[str]:
    """Yields the address that a Zipkin exporter is told."""
    server = await asyncio.start_server(_take, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v2/spans"
    finally:
        server.close()


async def _take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            writer.write(ACCEPTED)
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        writer.close()  # its end is the end of the connection, whoever wanted it
