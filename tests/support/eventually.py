"""Waiting for what another process will do: look again until it holds, never sleep and hope."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

import httpx
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from common.problem import Unavailable

T = TypeVar("T")
AWAY = (Unavailable, httpx.TransportError, KafkaError, PyMongoError, OSError)


@overload
async def eventually(look: Callable[[], Awaitable[T]], timeout: float = 20, every: float = 0.05) -> T: ...  # noqa: ASYNC109
@overload
async def eventually(look: Callable[[], T], timeout: float = 20, every: float = 0.05) -> T: ...  # noqa: ASYNC109
async def eventually(look: Callable[[], Any], timeout: float = 20, every: float = 0.05) -> Any:  # noqa: ASYNC109
    """What `look` answers once that is true; an assertion that fails in it counts as "not yet", and so does somebody
    who is asked and away.

    When time is up, the last of these is raised, or an AssertionError with the last answer.
    """
    until = time.monotonic() + timeout
    while True:
        try:
            answer = look()
            found = await answer if inspect.isawaitable(answer) else answer
            if found:
                return found
            failure: Exception = AssertionError(f"still {found!r} after {timeout} s: {inspect.getsource(look).strip()}")
        except (AssertionError, *AWAY) as failed:
            failure = failed
        if time.monotonic() > until:
            raise failure
        await asyncio.sleep(every)
