"""Reading from Kafka: feeds a Consumer, and goes on through rebalances, restarts and brokers that are away."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import (
    CommitFailedError,
    ConsumerStoppedError,
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
)

from common import inbox, telemetry
from common.consumer import Consumer
from common.envelope import Record
from common.kafka_producer import METADATA_MS
from common.lag import Lag
from common.problem import Unavailable
from common.progress import Partition, Progress, Stalled
from common.store import Reads
from common.subscriptions import SUBSCRIBED

log = structlog.get_logger()

DRAIN_S = 8.0
RETRY_STATES_S = 30.0
COMMIT_S = 1.0
START_S = 25.0
TELL_S = 3.0
AT_ONCE = 500
UNANSWERED = 2


@dataclass(slots=True)
class _Held:
    reason: str
    until: float
    tries: int


class KafkaIntake(ConsumerRebalanceListener):  # type: ignore[misc]
    """Feeds a Consumer: partitions side by side, each in order; offsets are committed after the database.

    A partition whose next record cannot be applied is paused, shown in `held`, and tried again with back-off.
    """

    def __init__(self, brokers: str, consumer: Consumer[Any], reads: Reads, width: int = 2) -> None:
        self._consumer, self._reads = consumer, reads
        self._width = asyncio.Semaphore(width)
        self._settings = {
            "bootstrap_servers": brokers,
            "group_id": consumer.group,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "session_timeout_ms": 10_000,
            "heartbeat_interval_ms": 2_000,
            "metadata_max_age_ms": METADATA_MS,
        }
        self._held: dict[TopicPartition, _Held] = {}
        self._new: set[TopicPartition] = set()
        self._stopping = self._yielding = False
        self._unanswered = 0
        self._working = asyncio.Lock()
        self._kafka: AIOKafkaConsumer | None = None
        self._next_retry = self._next_commit = 0.0
        self._handled: dict[TopicPartition, int] = {}
        self._progress = Progress()
        self._lag = Lag()

    @property
    def held(self) -> dict[str, str]:
        """Partitions that stand, and why."""
        return {f"{tp.topic}/{tp.partition}": held.reason for tp, held in self._held.items()}

    async def run(self) -> None:
        """Until `stop`; brokers and a database that are away are waited for. Raises Stalled."""
        watchdog = asyncio.create_task(self._watch())
        consuming = asyncio.create_task(self._consume())
        try:
            await asyncio.wait([watchdog, consuming], return_when=asyncio.FIRST_COMPLETED)
            for task in (watchdog, consuming):
                if task.done():
                    task.result()
        finally:
            watchdog.cancel()
            consuming.cancel()
            await asyncio.gather(watchdog, consuming, return_exceptions=True)

    async def _consume(self) -> None:
        while not self._stopping:
            kafka = self._kafka = AIOKafkaConsumer(**self._settings)
            try:
                self._consumer.subscribed.listed = await self._listed()
                kafka.subscribe(self._consumer.topics, listener=self)
                async with asyncio.timeout(START_S):
                    await kafka.start()  # waits for partitions, and asks those brokers only that it heard of first
                while not self._stopping:
                    self._progress.turned(_now())
                    await self._turn(kafka)
                await self._commit(kafka)
            except (KafkaError, Unavailable, TimeoutError) as error:
                self._progress.turned(_now())
                log.warning("kafka.consumer_restarts", error=type(error).__name__)
                await asyncio.sleep(random.uniform(0.5, 1.5))  # noqa: S311  jitter
            finally:
                await self._end(kafka)

    async def _end(self, kafka: AIOKafkaConsumer) -> None:
        try:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(kafka.stop(), 2 if self._stopping else 5)
        except asyncio.CancelledError:  # maybe of a fetch that aiokafka ended itself
            this = asyncio.current_task()
            if this and this.cancelling():
                raise

    def stop(self) -> None:
        """Takes no more; the batch in hand is finished and committed, then the partitions are given up."""
        self._stopping = True

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Pauses are lost at every rebalance, so what was held is tried afresh."""
        self._new = set(assigned)
        self._yielding = False
        self._forget_held()

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """The batch in hand is finished and committed before another takes the partition over."""
        self._yielding = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                async with self._working:
                    if self._kafka:
                        await self._commit(self._kafka)
        self._forget_held()

    async def _turn(self, kafka: AIOKafkaConsumer) -> None:
        if self._unanswered >= UNANSWERED:
            self._unanswered = 0
            raise KafkaConnectionError  # it asks those brokers only that it heard of last; a new one asks all
        self._resume_due(kafka)
        batches = await kafka.getmany(timeout_ms=200)
        async with self._working:
            if self._new:
                return await self._seek_new(kafka)  # and what was fetched before is fetched again from there
            await asyncio.gather(*(self._fetched(kafka, tp, records) for tp, records in batches.items() if records))
            if _now() >= self._next_retry:
                self._next_retry = _now() + RETRY_STATES_S
                await self._go_back_to_failed_states(kafka)
            if _now() >= self._next_commit:
                self._next_commit = _now() + COMMIT_S
                await self._commit(kafka)

    async def _commit(self, kafka: AIOKafkaConsumer) -> None:
        """Explicit, offset + 1, after the database's commit, which stored the same: this only tells the brokers, for
        whoever looks at the group from outside."""
        handled, self._handled = self._handled, {}
        if mine := {tp: next for tp, next in handled.items() if tp in kafka.assignment()}:
            with contextlib.suppress(CommitFailedError, IllegalStateError, KafkaError, TimeoutError):
                async with asyncio.timeout(TELL_S):
                    await kafka.commit(mine)

    async def _fetched(self, kafka: AIOKafkaConsumer, tp: TopicPartition, records: Sequence[Any]) -> None:
        """A batch at a time; whoever has to give the partition up leaves the rest to its next reader."""
        async with self._lag.in_hand((tp.topic, tp.partition), records[0].offset):
            for start in range(0, len(records), AT_ONCE):
                if self._stopping or self._yielding:
                    return
                some = records[start : start + AT_ONCE]
                batch = [Record(r.topic, r.partition, r.offset, r.value, r.headers) for r in some]
                async with self._width:
                    if not await self._batch(kafka, tp, batch):
                        return

    async def _batch(self, kafka: AIOKafkaConsumer, tp: TopicPartition, mine: Sequence[Record]) -> bool:
        """False: what follows has to wait."""
        self._progress.worked(_now())
        try:
            handled = await self._consumer.handle(mine)
        except Unavailable:
            self._hold(kafka, tp, mine[0].offset, "Unavailable")
            return False
        self._handled[tp] = handled.next
        self._lag.reached((tp.topic, tp.partition), handled.next)
        if handled.held:
            self._hold(kafka, tp, handled.next, handled.held)
            return False
        if tp in self._held:
            del self._held[tp]
            telemetry.HELD.labels(tp.topic, tp.partition).set(0)
        return True

    async def _go_back_to_failed_states(self, kafka: AIOKafkaConsumer) -> None:
        """Their records are read again; what lies behind them is repeated and changes nothing."""
        states = [tp for tp in kafka.assignment() if self._consumer.subscribed.is_state(tp.topic)]
        if not states:
            return
        with contextlib.suppress(Unavailable):
            for row in await inbox.standing(self._reads, "failed"):
                if row["failed"] is None:
                    continue  # somebody mended it just now
                tp = TopicPartition(row["_id"].partition("/")[0], row["failed"]["partition"])
                with contextlib.suppress(IllegalStateError):
                    position = await kafka.position(tp) if tp in states else 0
                    behind = position < (kafka.highwater(tp) or 0)  # what it has not read yet goes first
                    if not behind and position > row["failed"]["offset"]:
                        kafka.seek(tp, row["failed"]["offset"])

    async def _watch(self) -> None:
        """Looks from beside the loop, and asks the brokers themselves where each partition ends."""
        while True:
            await asyncio.sleep(self._progress.patience_s / 6)
            ahead = await self._ahead()
            self._unanswered = self._unanswered + 1 if ahead is None else 0
            self._progress.look(ahead, _now())
            if stuck := self._progress.stuck(_now()):
                log.error("kafka.stalled", what=stuck)
                raise Stalled(stuck)

    async def _ahead(self) -> dict[Partition, tuple[int, int]] | None:
        """Of what is not paused; the lag is shown of all that is assigned."""
        kafka = self._kafka
        if kafka is None:
            return None
        try:
            async with asyncio.timeout(5):
                assigned = [*kafka.assignment()]
                ends = await kafka.end_offsets(assigned) if assigned else {}
                ahead = {(tp.topic, tp.partition): (await kafka.position(tp), end) for tp, end in ends.items()}
        except (KafkaError, ConsumerStoppedError, TimeoutError):
            return None
        counts = {topic: len(known) for topic in self._consumer.topics if (known := kafka.partitions_for_topic(topic))}
        self._lag.show(counts, ahead)
        return {partition: at for partition, at in ahead.items() if TopicPartition(*partition) not in kafka.paused()}

    async def _listed(self) -> frozenset[str]:
        """The types that the newest set-up subscribed to: a process from before it must not skip one."""
        return frozenset(row["_id"] for row in await self._reads.select(SUBSCRIBED, {}, limit=1_000))

    def _hold(self, kafka: AIOKafkaConsumer, tp: TopicPartition, offset: int, reason: str) -> None:
        tries = self._held[tp].tries + 1 if tp in self._held else 1
        pause = min(0.25 * 2**tries, 15) * random.uniform(0.5, 1)  # noqa: S311  jitter
        self._held[tp] = _Held(reason, _now() + pause, tries)
        telemetry.HELD.labels(tp.topic, tp.partition).set(1)
        with contextlib.suppress(IllegalStateError):
            kafka.seek(tp, offset)
            kafka.pause(tp)

    def _resume_due(self, kafka: AIOKafkaConsumer) -> None:
        now = _now()
        for tp, held in self._held.items():
            if held.until <= now and tp in kafka.paused():
                kafka.resume(tp)

    def _forget_held(self) -> None:
        for tp in self._held:
            telemetry.HELD.labels(tp.topic, tp.partition).set(0)
        self._held = {}

    async def _seek_new(self, kafka: AIOKafkaConsumer) -> None:
        """The database knows better than the broker how far its effects go."""
        new = set(self._new)
        ids = {f"{tp.topic}/{tp.partition}": tp for tp in new}
        rows = await self._reads.select(inbox.POSITIONS, {"_id": {"$in": list(ids)}}, limit=len(ids))
        stored = {row["_id"]: row["next"] for row in rows}
        for id, tp in ids.items():
            with contextlib.suppress(IllegalStateError):
                kafka.seek(tp, stored.get(id, 0))
        self._new -= new


def _now() -> float:
    return asyncio.get_running_loop().time()
