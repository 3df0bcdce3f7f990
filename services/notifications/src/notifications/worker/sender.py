"""The loop that hands over: claims what is due as soon as it is woken, sends side by side, records together."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from common import telemetry
from common.cause import Cause
from common.clock import real_now
from common.ids import new_id
from common.problem import Problem, Unavailable
from common.transactions import Transactions
from notifications.application.ports import AnswerLost, NotificationsTransaction, NotTaken, Refused
from notifications.application.runtime import WaysOut
from notifications.application.sending import (
    Attempt,
    ClaimDue,
    Claimed,
    Claims,
    RecordResults,
    Result,
    claim_due,
    record_results,
)
from notifications.worker.metrics import HANDED_OVER

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds. A provider's answer is awaited for less than half a lease, so that two never hand over at once."""

    sweep: float = 1.0
    lease: float = 30.0
    answer: float = 10.0
    together: float = 0.03
    batch: int = 32
    most: int = 64
    tries_of_what_is_broken: int = 5


@dataclass(slots=True)
class _Watch:
    """When this process first saw each attempt of others: leases lapse by own observation, by nobody's clock."""

    seen: dict[Attempt, float] = field(default_factory=dict)

    def look(self, attempts: frozenset[Attempt], now: float) -> None:
        self.seen = {attempt: self.seen.get(attempt, now) for attempt in attempts}

    def lapsed(self, now: float, lease: float) -> frozenset[Attempt]:
        return frozenset(attempt for attempt, since in self.seen.items() if now - since >= lease)


class Sender:
    def __init__(
        self,
        transactions: Transactions[NotificationsTransaction],
        ways_out: WaysOut,
        clock: Callable[[], datetime],
        *,
        pace: Pace | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = real_now,
    ) -> None:
        self._transactions, self._out, self._clock = transactions, ways_out, clock
        self._pace, self._monotonic, self._wall = pace or Pace(), monotonic, wall
        self.owner = str(new_id())
        self._woken, self._finished = asyncio.Event(), asyncio.Event()
        self._arrived = False
        self._waiting = True
        self._behind = False
        self._watch = _Watch()
        self._under_way: set[asyncio.Task[None]] = set()
        self._results: list[Result] = []
        self._mine: set[Attempt] = set()

    def wake(self) -> None:
        """After a commit that may have made something due, or brought what others wait for."""
        self._arrived = True
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled; what was handed over by then is still recorded."""
        if self._results:
            self._finished.set()
        recording = asyncio.create_task(self._record_for_ever())
        try:
            while True:
                claims = await self.claim()
                if not claims.more:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), self._pace.sweep)
                while len(self._under_way) >= self._pace.most:
                    await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        finally:
            recording.cancel()
            await asyncio.gather(recording, return_exceptions=True)
            await self._drain()

    async def claim(self) -> Claims:
        """One batch, its hand-overs started. Raises Unavailable."""
        self._woken.clear()
        look = self._arrived and self._waiting
        self._arrived = False
        now = self._monotonic()
        command = ClaimDue(
            owner=self.owner,
            limit=self._pace.batch,
            real_now=self._wall(),
            signer=self._out.signer,
            public_url=self._out.public_url,
            under_way=frozenset(self._mine),
            lapsed=self._watch.lapsed(now, self._pace.lease),
            look_at_waiting=look,
        )
        claims = await self._transactions.run(lambda tx: claim_due(command, tx), cause=self._cause())
        self._watch.look(claims.others, now)
        self._behind = claims.behind
        self._waiting = claims.waiting or claims.behind or (self._waiting and not look)
        self._arrived = self._arrived or (look and claims.behind)
        for claimed in claims.mine:
            self._mine.add(claimed.attempt)
            task = asyncio.create_task(self._attempt(claimed, now))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return claims

    async def settle(self) -> None:
        """Wait for the hand-overs under way and record them."""
        while self._under_way:
            await asyncio.gather(*self._under_way)
        await self.record()

    async def record(self) -> None:
        results, self._results = self._results, []
        if not results:
            return
        command = RecordResults(self.owner, self._wall(), tuple(results))
        try:
            await self._transactions.run(lambda tx: record_results(command, tx), cause=self._cause())
        except BaseException:
            self._results += results
            raise
        self._mine.difference_update(result.claimed.attempt for result in results)
        if self._behind:
            self._woken.set()

    async def _record_for_ever(self) -> None:
        while True:
            await self._finished.wait()
            if self._under_way:  # a mail and its SMS end almost at once: one transaction records both
                await asyncio.wait(self._under_way, timeout=self._pace.together)
            self._finished.clear()
            try:
                await self.record()
            except Unavailable:
                log.warning("sender.waits")
                self._finished.set()
                await asyncio.sleep(0.5)
            except Exception as error:
                log.error("sender.record_failed", error=type(error).__name__, at=telemetry.where(error))
                self._finished.set()
                await asyncio.sleep(0.5)

    async def _drain(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=5)
        with contextlib.suppress(Unavailable):
            await self.record()

    async def _attempt(self, claimed: Claimed, since: float) -> None:
        delivery = claimed.delivery
        about: dict[str, str | int | float] = {
            "sangam.notice.id": str(delivery.notice_id),
            "sangam.notice.purpose": delivery.purpose,
            "sangam.notice.attempt": delivery.attempts,
        }
        name = f"send {delivery.channel}"
        with telemetry.span(name, parent=delivery.traceparent, kind="client", **about) as span:
            result = await self._hand_over(claimed, since)
            span.set(**{"sangam.notice.outcome": result.outcome})
            if result.reason:
                span.set(**{"error.type": result.reason})
        HANDED_OVER.labels(channel=delivery.channel, outcome=result.outcome).inc()
        log.info(
            "notice.handed_over" if result.outcome == "sent" else "notice.not_handed_over",
            notice_id=str(delivery.notice_id),
            purpose=delivery.purpose,
            channel=delivery.channel,
            outcome=result.outcome,
            reason=result.reason or None,
            correlation_id=str(delivery.correlation_id) if delivery.correlation_id else None,
            trace_id=delivery.traceparent.split("-")[1] if delivery.traceparent else None,
        )
        self._results.append(result)
        self._finished.set()

    async def _hand_over(self, claimed: Claimed, since: float) -> Result:
        """Ownership is looked at again right before: whoever slept through most of the lease hands nothing over."""
        jitter = random.random()  # noqa: S311  spreads retries, guards nothing
        if self._monotonic() - since > self._pace.lease - 2 * self._pace.answer:
            return Result(claimed, "again", "too-late", jitter=jitter)
        try:
            async with asyncio.timeout(self._pace.answer):
                return await (self._email(claimed) if claimed.delivery.channel == "email" else self._sms(claimed))
        except NotTaken as failure:
            return Result(claimed, "again", failure.reason, jitter=jitter)
        except Refused as failure:
            return Result(claimed, "failed", failure.reason)
        except AnswerLost as failure:
            return Result(claimed, "lost", failure.reason, jitter=jitter)
        except TimeoutError:
            return Result(claimed, "lost", "timeout", jitter=jitter)
        except Problem as problem:
            return Result(claimed, "failed", problem.slug)
        except Exception as error:
            log.error("notice.broken", notice_id=str(claimed.delivery.notice_id), at=telemetry.where(error))
            broken = claimed.delivery.attempts >= self._pace.tries_of_what_is_broken
            return Result(claimed, "failed" if broken else "again", type(error).__name__, jitter=jitter)

    async def _email(self, claimed: Claimed) -> Result:
        message = self._out.writer.email(claimed.letter)
        await self._out.mailer.send(claimed.letter.email, message)
        return Result(claimed, "sent", reference=self._out.writer.message_id(claimed.letter))

    async def _sms(self, claimed: Claimed) -> Result:
        """After a lost answer the provider is asked first; it is never sent blindly again (M-12)."""
        delivery, letter = claimed.delivery, claimed.letter
        if delivery.doubt and (there := await self._out.sms.known(delivery.reference)):
            return Result(claimed, "sent", reference=there)
        text = self._out.writer.sms(letter)
        reference = await self._out.sms.send(delivery.reference, letter.phone, text, letter.language)
        return Result(claimed, "sent", reference=reference)

    def _cause(self) -> Cause:
        id = new_id()
        return Cause(id, id, self._clock())
