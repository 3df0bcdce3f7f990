"""Joins settings, adapters and doors. Nothing else knows all three."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from fastapi import FastAPI

from common import states
from common.auth import Verifier
from common.clock import Clock
from common.consumer import Consumer
from common.gate import Gate
from common.group import GroupCommit
from common.kafka import KafkaIntake
from common.kafka_history import KafkaHistory
from common.kafka_producer import KafkaProducer
from common.kafka_topics import set_up_topics
from common.mongo import MongoDatabase
from common.outbox import Outbox
from common.parked_cli import Parking
from common.rebuild import Rebuild, Rebuilt
from common.relay import Producer, Relay
from common.restore import highest, lift_counters
from common.states import States
from common.store import Database, Reads
from common.subscriptions import Subscribed
from common.topics import Topic
from common.transactions import Transactions
from common.worker import Worker
from scheduling.adapters.holidays import LibraryGazette
from scheduling.adapters.mongo import INDEXES, MongoDue, MongoQueries
from scheduling.api.app import create_app
from scheduling.application.ports import Gazette, SchedulingTransaction
from scheduling.application.runtime import Scheduling
from scheduling.application.states import CURRENT
from scheduling.settings import SchedulingSettings
from scheduling.worker.subscriptions import AHEAD, COPIES, SUBSCRIPTIONS
from scheduling.worker.timers import timers
from scheduling.worker.waiting import waiting

TOPICS = [Topic("scheduling-events", 6), Topic("campuses", 1, "compact")]
GROUP = 64


class ServiceDatabase(Database, Reads, Outbox, Protocol):
    """One database has all three faces."""


def wire(
    database: ServiceDatabase,
    producer: Producer,
    clock: Callable[[], datetime],
    verifier: Verifier,
    gazette: Gazette | None = None,
    group: int = GROUP,
) -> tuple[Scheduling, Relay]:
    relay = Relay(database, producer)
    transactions = Transactions(
        database, SchedulingTransaction, source="/sangam/scheduling", relay=relay, gate=Gate(database)
    )
    kept = States(CURRENT, transactions, database)
    relay.keep(kept)
    service = Scheduling(
        transactions=transactions,
        hot=GroupCommit(transactions, group),
        reads=database,
        queries=MongoQueries(database),
        due=MongoDue(database),
        gazette=gazette or LibraryGazette(),
        clock=clock,
        verifier=verifier,
        states=kept,
    )
    return service, relay


def consumer(service: Scheduling) -> Consumer[SchedulingTransaction]:
    return Consumer("scheduling", SUBSCRIPTIONS, service.transactions, service.clock, ahead=AHEAD)


def api(settings: SchedulingSettings) -> FastAPI:
    database, producer = _parts(settings)
    service, relay = _wired(settings, database, producer)

    async def close() -> None:
        database.close()

    return create_app(service, ready=database.ping, closing=[relay.idle, producer.stop, close])


def worker(settings: SchedulingSettings) -> Worker[SchedulingTransaction]:
    database, producer = _parts(settings)
    service, relay = _wired(settings, database, producer)
    return Worker(
        database=database,
        producer=producer,
        intake=KafkaIntake(settings.kafka_brokers, consumer(service), database, settings.consumer_width),
        relay=relay,
        transactions=service.transactions,
        timers=[*timers(service), service.states.timer()],
        clock=service.clock,
        waiting=waiting(service.clock),
    )


def parking(settings: SchedulingSettings) -> Parking:
    database, producer = _parts(settings)
    service, _ = _wired(settings, database, producer)
    return Parking(database, service.transactions, consumer(service))


async def repair(settings: SchedulingSettings) -> int:
    database, producer = _parts(settings)
    service, relay = _wired(settings, database, producer)
    told = await service.states.repair()
    await relay.idle()
    await producer.stop()
    database.close()
    return told


async def rebuild(settings: SchedulingSettings, say: Callable[[str], None], skip: Collection[str]) -> Rebuilt:
    """Raises what Rebuild.run does."""
    database = MongoDatabase(settings.mongo_url, "scheduling", settings.transaction_budget_s)
    history, clock = KafkaHistory(settings.kafka_brokers), Clock(settings.clock_offset_file)
    face = SchedulingTransaction
    job = Rebuild("scheduling", SUBSCRIPTIONS, COPIES, database, face, history, clock, say=say, skip=skip)
    try:
        return await job.run()
    finally:
        database.close()


async def restored(settings: SchedulingSettings) -> str:
    """What was done to a database that comes from a backup. Raises Unavailable."""
    database, producer = _parts(settings)
    service, relay = _wired(settings, database, producer)
    published = await highest(KafkaHistory(settings.kafka_brokers), [topic.name for topic in TOPICS])
    lifted = await lift_counters(published, database)
    told = await service.states.repair()
    await relay.idle()  # what it could not publish is left to the workers' sweep
    await producer.stop()
    database.close()
    return lifted.said(told)


async def setup(settings: SchedulingSettings) -> None:
    database = MongoDatabase(settings.mongo_url, "scheduling")
    await database.set_up({**INDEXES, **states.INDEXES})
    await set_up_topics(settings.kafka_brokers, TOPICS, settings.kafka_replication)
    await Subscribed(SUBSCRIPTIONS).set_up(database)
    database.close()


def _parts(settings: SchedulingSettings) -> tuple[MongoDatabase, KafkaProducer]:
    database = MongoDatabase(settings.mongo_url, "scheduling", settings.transaction_budget_s)
    return database, KafkaProducer(settings.kafka_brokers)


def _wired(settings: SchedulingSettings, database: MongoDatabase, producer: KafkaProducer) -> tuple[Scheduling, Relay]:
    verifier = Verifier(settings.token_issuers, settings.token_audience)
    return wire(database, producer, Clock(settings.clock_offset_file), verifier, group=settings.group_commit)
