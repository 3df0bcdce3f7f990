"""Timed work as data: how often, what is due, what to do about each. Safe to run twice: the doing re-checks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic

import structlog

from common import telemetry
from common.cause import Cause
from common.ids import new_id
from common.problem import Problem, Unavailable
from common.transaction import T
from common.transactions import Transactions

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Timer(Generic[T]):
    """`due` reads what may be due at an instant, `do` is an ordinary command that looks again."""

    name: str
    every: timedelta
    due: Callable[[datetime], Awaitable[Sequence[Any]]]
    do: Callable[[Any, T], Awaitable[object]]


async def tick(timer: Timer[T], transactions: Transactions[T], now: datetime) -> int:
    """Everything due, each in a transaction of its own. Returns how many were done."""
    done = 0
    for item in await timer.due(now):
        id = new_id()
        with (
            structlog.contextvars.bound_contextvars(correlation_id=str(id)),
            telemetry.span(f"timer {timer.name}", kind="internal") as span,
        ):
            try:
                await transactions.run(lambda tx: timer.do(item, tx), cause=Cause(id, id, now, span.traceparent))  # noqa: B023
                done += 1
            except Unavailable:
                raise
            except Problem as problem:
                log.info("timer.refused", timer=timer.name, slug=problem.slug)
            except Exception as error:
                log.error("timer.failed", timer=timer.name, error=type(error).__name__, at=telemetry.where(error))
    return done


async def run(timer: Timer[T], transactions: Transactions[T], clock: Callable[[], datetime]) -> None:
    """For ever; a database that is away is waited for."""
    pause = timer.every.total_seconds()
    while True:
        try:
            await tick(timer, transactions, clock())
        except Unavailable:
            log.warning("timer.waits", timer=timer.name)
        except Exception as error:
            log.error("timer.failed", timer=timer.name, error=type(error).__name__, at=telemetry.where(error))
        await asyncio.sleep(pause)
