"""Scheduling wired together: commands and events go in, what was told and what is stored can be looked at."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar
from uuid import UUID, uuid4

from common.cause import Cause
from common.event import IncomingEvent
from common.memory import MemoryBroker, MemoryDatabase
from common.subscriptions import subscription
from scheduling.adapters.mongo import INDEXES
from scheduling.application.commands_timetable import ReleaseTimetable, release_timetable
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.queries import TimetableView
from scheduling.bootstrap import ServiceDatabase, wire
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.session import Session
from scheduling.worker.subscriptions import SUBSCRIPTIONS
from scheduling.worker.timers import timers
from tests.support.tokens import verifier
from tests.unit.scheduling.builders import COORDINATOR, NOW, a_campus, a_course, a_facilitator, a_room, an_offering

R = TypeVar("R")


class World:
    def __init__(self, database: ServiceDatabase | None = None) -> None:
        """On memory unless told otherwise."""
        self.now = NOW
        self.database = database or MemoryDatabase(INDEXES)
        self.broker = MemoryBroker()
        self.service, self.relay = wire(self.database, self.broker, lambda: self.now, verifier(Path(mkdtemp())))

    def cause(self) -> Cause:
        id = uuid4()
        return Cause(id, id, self.now)

    async def do(self, work: Callable[[SchedulingTransaction], Awaitable[R]], *, dry_run: bool = False) -> R:
        return await self.service.transactions.run(work, cause=self.cause(), dry_run=dry_run)

    async def run(self, handler: Callable[[Any, SchedulingTransaction], Awaitable[R]], command: Any) -> R:
        return await self.do(lambda tx: handler(command, tx))

    async def hear(self, *events: IncomingEvent) -> None:
        for event in events:
            await self.do(partial(subscription(SUBSCRIPTIONS[type(event)]).apply, event))

    async def put(self, **aggregates: Any) -> None:
        """`put(rooms=[...], campuses=[...])`."""

        async def work(tx: SchedulingTransaction) -> None:
            for collection, items in aggregates.items():
                for item in items:
                    getattr(tx, collection).save(item)

        await self.do(work)

    def stored(self, collection: str) -> dict[str, dict[str, Any]]:
        """Documents as they are in memory."""
        assert isinstance(self.database, MemoryDatabase)
        return self.database.collections[collection]

    async def tick(self, name: str) -> None:
        timer = next(timer for timer in timers(self.service) if timer.name == name)
        for item in await timer.due(self.now):
            await self.do(partial(timer.do, item))

    async def told(self, kind: str = "") -> list[dict[str, Any]]:
        """Payloads published so far, of types that contain `kind`."""
        await self.relay.idle()
        return [json.loads(envelope.data) for envelope in self.broker.log if kind in envelope.type and envelope.data]

    async def timetable(self, offering_id: UUID) -> TimetableView:
        return await self.service.queries.get_timetable(COORDINATOR, offering_id)

    async def session(self, session_id: UUID) -> Session:
        return await self.do(lambda tx: tx.sessions.get(session_id))

    async def facilitator(self, id: UUID) -> Facilitator | None:
        return await self.do(lambda tx: tx.facilitators.find(id))

    async def drafted(self, *, parts: list[Any] | None = None, rooms: int = 1, **offering: Any) -> UUID:
        """A campus with rooms and facilitators, and an offering whose timetable is a draft."""
        course = a_course(*(parts or []))
        await self.hear(course)
        event = an_offering(course.course_id, **offering)
        await self.put(
            campuses=[a_campus()] if not await self.do(lambda tx: tx.campuses.find("puducherry")) else [],
            rooms=[a_room(label=f"Hall {uuid4()}") for _ in range(rooms)],
            facilitators=[a_facilitator(course.course_id) for _ in range(rooms)],
        )
        await self.hear(event)
        return event.offering_id

    async def released(self, **kwargs: Any) -> UUID:
        offering_id = await self.drafted(**kwargs)
        await self.release(offering_id)
        return offering_id

    async def release(self, offering_id: UUID, actor: Any = COORDINATOR) -> TimetableView:
        version = (await self.timetable(offering_id)).version
        return await self.run(release_timetable, ReleaseTimetable(offering_id, actor, version))

    def at(self, moment: datetime) -> "World":
        self.now = moment
        return self


async def the_session(world: World, offering_id: UUID) -> Session:
    """Of an offering that has one."""
    [session] = (await world.timetable(offering_id)).sessions
    return session
