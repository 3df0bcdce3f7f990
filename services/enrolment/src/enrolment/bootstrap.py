"""Joins settings, adapters and doors. Nothing else knows all three."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
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
from enrolment.adapters.due import DueQueries
from enrolment.adapters.fingerprints import HmacFingerprints
from enrolment.adapters.indexes import INDEXES
from enrolment.adapters.links import SignedLinks
from enrolment.adapters.mongo import MongoQueries
from enrolment.api.app import create_app
from enrolment.application.ports import EnrolmentTransaction, Fingerprints, Links
from enrolment.application.runtime import Enrolments
from enrolment.application.states import CURRENT
from enrolment.settings import EnrolmentSettings
from enrolment.worker.subscriptions import COPIES, SUBSCRIPTIONS
from enrolment.worker.timers import timers
from enrolment.worker.waiting import waiting

TOPICS = [Topic("enrolment-events", 6), Topic("people", 6, "compact"), Topic("courses", 3, "compact")]
GROUP = 64


class ServiceDatabase(Database, Reads, Outbox, Protocol):
    """One database has all three faces."""


def wire(
    database: ServiceDatabase,
    producer: Producer,
    clock: Callable[[], datetime],
    verifier: Verifier,
    links: Links,
    prints: Fingerprints,
    group: int = GROUP,
) -> tuple[Enrolments, Relay]:
    relay = Relay(database, producer)
    face = partial(EnrolmentTransaction, prints=prints)
    transactions = Transactions(database, face, source="/sangam/enrolment", relay=relay, gate=Gate(database))
    kept = States(CURRENT, transactions, database)
    relay.keep(kept)
    service = Enrolments(
        transactions=transactions,
        hot=GroupCommit(transactions, group),
        reads=database,
        queries=MongoQueries(database, clock),
        due=DueQueries(database),
        clock=clock,
        verifier=verifier,
        links=links,
        states=kept,
    )
    return service, relay


def consumer(service: Enrolments) -> Consumer[EnrolmentTransaction]:
    return Consumer("enrolment", SUBSCRIPTIONS, service.transactions, service.clock)


def api(settings: EnrolmentSettings) -> FastAPI:
    database, producer = _parts(settings)
    service, _ = _wired(settings, database, producer)
    return create_app(service, ready=database.ping)


def worker(settings: EnrolmentSettings) -> Worker[EnrolmentTransaction]:
    database, producer = _parts(settings)
    service, relay = _wired(settings, database, producer)
    return Worker(
        database=database,
        producer=producer,
        intake=KafkaIntake(settings.kafka_brokers, consumer(service), database, settings.consumer_width),
        relay=relay,
        transactions=service.transactions,
        timers=[*timers(service.due), service.states.timer()],
        clock=service.clock,
        waiting=waiting(service.clock),
    )


def parking(settings: EnrolmentSettings) -> Parking:
    database, producer = _parts(settings)
    service, _ = _wired(settings, database, producer)
    return Parking(database, service.transactions, consumer(service))


async def repair(settings: EnrolmentSettings) -> int:
    database, producer = _parts(settings)
    service, relay = _wired(settings, database, producer)
    told = await service.states.repair()
    await relay.idle()
    await producer.stop()
    database.close()
    return told


async def rebuild(settings: EnrolmentSettings, say: Callable[[str], None], skip: Collection[str]) -> Rebuilt:
    """Raises what Rebuild.run does."""
    database = MongoDatabase(settings.mongo_url, "enrolment", settings.transaction_budget_s)
    history, clock = KafkaHistory(settings.kafka_brokers), Clock(settings.clock_offset_file)
    face = partial(EnrolmentTransaction, prints=HmacFingerprints(settings.erasure_key))
    job = Rebuild("enrolment", SUBSCRIPTIONS, COPIES, database, face, history, clock, say=say, skip=skip)
    try:
        return await job.run()
    finally:
        database.close()


async def restored(settings: EnrolmentSettings) -> str:
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


async def setup(settings: EnrolmentSettings) -> None:
    database = MongoDatabase(settings.mongo_url, "enrolment")
    await database.set_up({**INDEXES, **states.INDEXES})
    await set_up_topics(settings.kafka_brokers, TOPICS, settings.kafka_replication)
    await Subscribed(SUBSCRIPTIONS).set_up(database)
    database.close()


def _parts(settings: EnrolmentSettings) -> tuple[MongoDatabase, KafkaProducer]:
    database = MongoDatabase(settings.mongo_url, "enrolment", settings.transaction_budget_s)
    return database, KafkaProducer(settings.kafka_brokers)


def _wired(settings: EnrolmentSettings, database: MongoDatabase, producer: KafkaProducer) -> tuple[Enrolments, Relay]:
    verifier, links = Verifier(settings.token_issuers, settings.token_audience), SignedLinks(settings.link_public_key)
    clock, prints = Clock(settings.clock_offset_file), HmacFingerprints(settings.erasure_key)
    return wire(database, producer, clock, verifier, links, prints, group=settings.group_commit)
