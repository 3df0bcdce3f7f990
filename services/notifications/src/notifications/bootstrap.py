"""Joins settings, adapters and doors. Nothing else knows all three."""

import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from fastapi import FastAPI

from common.auth import Verifier
from common.clock import Clock, real_now
from common.consumer import Consumer
from common.gate import Gate
from common.group import GroupCommit
from common.kafka import KafkaIntake
from common.kafka_history import KafkaHistory
from common.kafka_producer import KafkaProducer
from common.mongo import MongoDatabase
from common.outbox import Outbox
from common.parked_cli import Parking
from common.rebuild import Rebuild, Rebuilt
from common.relay import Producer, Relay
from common.store import Database, Reads
from common.subscriptions import Subscribed
from common.topics import Topic
from common.transactions import Transactions
from common.worker import Worker
from notifications.adapters.links import Ed25519Signer
from notifications.adapters.mongo import INDEXES, MongoQueries
from notifications.adapters.previews import Previews
from notifications.adapters.sms.catcher import SmsCatcher
from notifications.adapters.smtp import SmtpMailer
from notifications.adapters.templates import Catalogue
from notifications.adapters.writer import LetterWriter
from notifications.api.app import create_app
from notifications.application.ports import NotificationsTransaction
from notifications.application.runtime import Notifications, WaysOut
from notifications.settings import NotificationsSettings
from notifications.worker.counting import Counting
from notifications.worker.fanouts import Fanouts
from notifications.worker.sender import Pace, Sender
from notifications.worker.subscriptions import AHEAD, COPIES, SUBSCRIPTIONS
from notifications.worker.waiting import waiting

NAME = "notifications"
TOPICS: list[Topic] = []  # nothing is published


class OutboxDatabase(Database, Outbox, Reads, Protocol):
    """What both the real and the memory database are."""


def wire(
    database: OutboxDatabase,
    producer: Producer,
    clock: Callable[[], datetime],
    verifier: Verifier,
    templates: Previews,
    *,
    group: int = 64,
) -> tuple[Notifications, Relay]:
    relay = Relay(database, producer)
    transactions = Transactions(
        database, NotificationsTransaction, source=f"/sangam/{NAME}", relay=relay, gate=Gate(database)
    )
    service = Notifications(
        transactions=transactions,
        hot=GroupCommit(transactions, group),
        queries=MongoQueries(database),
        reads=database,
        templates=templates,
        clock=clock,
        verifier=verifier,
    )
    return service, relay


def loops(
    service: Notifications,
    ways_out: WaysOut,
    pace: Pace | None = None,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    wall: Callable[[], datetime] = real_now,
) -> tuple[Sender, Fanouts, Consumer[NotificationsTransaction]]:
    """The sender is woken by whatever may have made something due."""
    sender = Sender(service.transactions, ways_out, service.clock, pace=pace, monotonic=monotonic, wall=wall)
    fanouts = Fanouts(service.transactions, service.queries, service.clock, done=sender.wake)
    consumer = Consumer(NAME, SUBSCRIPTIONS, service.transactions, service.clock, done=sender.wake, ahead=AHEAD)
    return sender, fanouts, consumer


def api(settings: NotificationsSettings) -> FastAPI:
    database, _, service, _ = _real(settings)
    return create_app(service, ready=database.ping)


def worker(settings: NotificationsSettings) -> Worker[NotificationsTransaction]:
    database, producer, service, relay = _real(settings)
    sender, fanouts, consumer = loops(service, ways_out(settings))
    return Worker(
        database=database,
        producer=producer,
        intake=KafkaIntake(settings.kafka_brokers, consumer, database, settings.consumer_width),
        relay=relay,
        transactions=service.transactions,
        timers=(),
        clock=service.clock,
        loops=(sender.run, fanouts.run, Counting(service.queries, service.clock).run),
        waiting=waiting(),
    )


def parking(settings: NotificationsSettings) -> Parking:
    database, _, service, _ = _real(settings)
    return Parking(database, service.transactions, Consumer(NAME, SUBSCRIPTIONS, service.transactions, service.clock))


async def rebuild(settings: NotificationsSettings, say: Callable[[str], None], skip: Collection[str]) -> Rebuilt:
    """Raises what Rebuild.run does."""
    database = MongoDatabase(settings.mongo_url, NAME, settings.transaction_budget_s)
    history, clock = KafkaHistory(settings.kafka_brokers), Clock(settings.clock_offset_file)
    job = Rebuild(NAME, SUBSCRIPTIONS, COPIES, database, NotificationsTransaction, history, clock, say=say, skip=skip)
    try:
        return await job.run()
    finally:
        database.close()


async def setup(settings: NotificationsSettings) -> None:
    """Collections and indexes; there are no topics of its own to make."""
    database = MongoDatabase(settings.mongo_url, NAME, settings.transaction_budget_s)
    await database.set_up(INDEXES)
    await Subscribed(SUBSCRIPTIONS).set_up(database)
    database.close()


def ways_out(settings: NotificationsSettings) -> WaysOut:
    return WaysOut(
        mailer=SmtpMailer(settings.smtp_host, settings.smtp_port, settings.mail_from),
        sms=SmsCatcher(settings.sms_url),
        writer=LetterWriter(Catalogue(), settings.mail_from),
        signer=Ed25519Signer(settings.link_private_key),
        public_url=settings.public_url.rstrip("/"),
    )


def _real(
    settings: NotificationsSettings,
) -> tuple[MongoDatabase, KafkaProducer, Notifications, Relay]:
    database = MongoDatabase(settings.mongo_url, NAME, settings.transaction_budget_s)
    producer = KafkaProducer(settings.kafka_brokers)
    templates = Previews(LetterWriter(Catalogue(), settings.mail_from), settings.public_url.rstrip("/"))
    service, relay = wire(
        database,
        producer,
        Clock(settings.clock_offset_file),
        Verifier(settings.token_issuers, settings.token_audience),
        templates,
        group=settings.group_commit,
    )
    return database, producer, service, relay
