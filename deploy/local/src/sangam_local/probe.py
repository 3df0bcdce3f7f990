"""Asks a part whether it does its work; "no" and "not yet" are the same answer, never an exception."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import httpx

from sangam_local.ports import HOST

INTERVAL_S = 0.2
Probe = Callable[[], Awaitable[bool]]


async def until(ready: Probe, within_s: float) -> None:
    """Ask until the answer is yes. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while not await ready():  # noqa: ASYNC110 - another process's state sets no event here
            await asyncio.sleep(INTERVAL_S)


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


def answers(url: str) -> Probe:
    """A probe: GET `url` succeeds."""

    async def probe() -> bool:
        # A client costs more than all the rest of a look; while a part starts there is mostly nobody to ask.
        if not await listens(urlsplit(url).port or 80):
            return False
        try:
            async with httpx.AsyncClient(timeout=2, trust_env=False) as http:
                return (await http.get(url)).is_success
        except httpx.HTTPError:
            return False

    return probe
