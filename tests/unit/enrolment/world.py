"""Enrolment wired together: commands and events go in, what was told and what is stored can be looked at."""

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import timers as common_timers
from common.cause import Cause
from common.event import IncomingEvent
from common.memory import MemoryBroker, MemoryDatabase
from common.subscriptions import subscription
from common.transaction import Member
from enrolment.adapters.fingerprints import HmacFingerprints
from enrolment.adapters.indexes import INDEXES
from enrolment.adapters.links import SignedLinks
from enrolment.application.commands_nominations import RequestEnrolment, request_enrolment
from enrolment.application.commands_withdrawals import WithdrawEnrolment, withdraw_enrolment
from enrolment.application.ports import EnrolmentTransaction
from enrolment.bootstrap import ServiceDatabase, wire
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.offering import Offering
from enrolment.domain.person import Employee, Person
from enrolment.domain.words import Actor
from enrolment.worker.subscriptions import SUBSCRIPTIONS
from enrolment.worker.timers import timers
from tests.support.tokens import verifier
from tests.unit.enrolment.builders import CAMPUSES, NOW, a_campus, a_course, a_person, acting, an_offering

R = TypeVar("R")
KEY = Ed25519PrivateKey.from_private_bytes(b"enrolment tests sign links here!")


class World:
    def __init__(self, database: ServiceDatabase | None = None) -> None:
        """On memory unless told otherwise."""
        self.now = NOW
        self.database = database or MemoryDatabase(INDEXES)
        self.broker = MemoryBroker()
        public = base64.urlsafe_b64encode(KEY.public_key().public_bytes_raw()).decode()
        self.service, self.relay = wire(
            self.database,
            self.broker,
            lambda: self.now,
            verifier(Path(mkdtemp())),
            SignedLinks(public),
            HmacFingerprints("of tests"),
        )

    def cause(self) -> Cause:
        id = uuid4()
        return Cause(id, id, self.now)

    async def do(self, work: Callable[[EnrolmentTransaction], Awaitable[R]], *, dry_run: bool = False) -> R:
        return await self.service.transactions.run(work, cause=self.cause(), dry_run=dry_run)

    async def run(self, handler: Callable[[Any, EnrolmentTransaction], Awaitable[R]], command: Any, **how: Any) -> R:
        return await self.do(lambda tx: handler(command, tx), **how)

    async def together(
        self, handler: Callable[[Any, EnrolmentTransaction], Awaitable[R]], command: Any, key: UUID
    ) -> R:
        member: Member[EnrolmentTransaction, R] = Member(lambda tx: handler(command, tx), self.cause())
        return (await self.service.hot.decide(member, str(key))).unwrap()

    async def hear(self, *events: IncomingEvent) -> None:
        for event in events:
            await self.do(partial(subscription(SUBSCRIPTIONS[type(event)]).apply, event))

    async def put(self, **aggregates: Any) -> None:
        """`put(offerings=[...], people=[...])`."""

        async def work(tx: EnrolmentTransaction) -> None:
            for collection, items in aggregates.items():
                for item in items:
                    await getattr(tx, collection).find(item.id)
                    getattr(tx, collection).save(item)

        await self.do(work)

    async def tick(self, *names: str) -> None:
        """Timers by name, all of them when none is named, until nothing is due any more."""
        for timer in timers(self.service.due):
            if not names or timer.name in names:
                while await common_timers.tick(timer, self.service.transactions, self.now):
                    pass

    async def told(self, kind: str = "") -> list[dict[str, Any]]:
        """Payloads published so far, of types that contain `kind`."""
        await self.relay.idle()
        return [json.loads(envelope.data) for envelope in self.broker.log if kind in envelope.type and envelope.data]

    async def types(self) -> list[str]:
        """What was told, in order: `enrolment.confirmed` and the like."""
        await self.relay.idle()
        return [e.type.removeprefix("sangam.").removesuffix(".v1") for e in self.broker.log]

    async def forget_what_was_told(self) -> None:
        await self.relay.idle()
        self.broker.log.clear()

    def stored(self, collection: str) -> dict[str, dict[str, Any]]:
        """Documents as they are in memory."""
        assert isinstance(self.database, MemoryDatabase)
        return self.database.collections[collection]

    async def offering(self, id: UUID) -> Offering:
        return await self.do(lambda tx: tx.offerings.get(id), dry_run=True)

    async def enrolment(self, id: UUID) -> Enrolment:
        return await self.do(lambda tx: tx.enrolments.get(id), dry_run=True)

    async def enrolments(self, offering: Offering) -> list[Enrolment]:
        return await self.do(lambda tx: tx.enrolments.where(offering_id=offering.id), dry_run=True)

    async def an_offering(self, *, course: dict[str, Any] | None = None, **fields: Any) -> Offering:
        """With its course and all campuses."""
        of = a_course(**(course or {}))
        offering = an_offering(of, **fields)
        known = await self.do(lambda tx: tx.campuses.get_many(CAMPUSES))
        await self.put(courses=[of], offerings=[offering], campuses=[a_campus(c) for c in CAMPUSES if c not in known])
        return await self.offering(offering.id)

    async def people(self, count: int, campus: str = "puducherry", **fields: Any) -> list[Person]:
        people = [a_person(campus, **fields) for _ in range(count)]
        await self.put(people=people, employees=[Employee(id=p.employee_id, person_id=p.id) for p in people])
        return people

    async def person(self, campus: str = "puducherry", **fields: Any) -> Person:
        return (await self.people(1, campus, **fields))[0]

    async def ask(self, offering: Offering, person: Person) -> Enrolment:
        """This person requests a place."""
        return await self.run(request_enrolment, RequestEnrolment(offering.id, acting(person)))

    async def withdraw(
        self, enrolment: Enrolment, person: Person, *, actor: Actor | None = None, reason: str = ""
    ) -> Enrolment:
        """This person gives a place up, unless somebody else does it for them."""
        return await self.run(withdraw_enrolment, WithdrawEnrolment(enrolment.id, actor or acting(person), reason))

    async def asked(self, offering: Offering, count: int, campus: str = "puducherry") -> list[Enrolment]:
        """So many people request a place, one after the other."""
        return [await self.ask(offering, person) for person in await self.people(count, campus)]

    def at(self, moment: datetime) -> "World":
        self.now = moment
        return self


def a_link(purpose: str, enrolment_id: UUID, version: int, expires: datetime) -> str:
    said = {"p": purpose, "id": str(enrolment_id), "v": version, "exp": int(expires.timestamp())}
    payload = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=")
    return (payload + b"." + base64.urlsafe_b64encode(KEY.sign(payload)).rstrip(b"=")).decode()
