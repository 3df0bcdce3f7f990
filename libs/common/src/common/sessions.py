"""Ends transactions whose client died: what they wrote would stay locked for their lifetime, 60 s by default.

The database cannot know that a killed client will not go on, nor that one stands still, nor that one gave up on a dead
connection. So every server session is noted, once, before its first transaction; who starts on the same machine ends
those of the dead. And every process says now and then that it goes on: who is blocked ends what the silent hold, and
has every other process end those of its sessions that no transaction of it is at work in.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from common.clock import real_now
from common.ids import new_id
from common.store import Document, Index

COLLECTION = "driver_sessions"  # "sessions" is what a service may call its own
INDEX = Index("noted_at", [("noted_at", 1)], expire_after_s=30 * 24 * 3600)
BEATS = "driver_processes"
BEATS_INDEX = Index("noted_at", [("noted_at", 1)], expire_after_s=24 * 3600)

AGAIN_S, LATEST_S = 1.0, 30.0
BEAT_S, SILENT_S = 2.0, 15.0  # a transaction has five seconds, and an answer ten: whoever goes on says so sooner
LOOK_S = 1.0
LIFETIME_S = 60.0  # after which the server ends by itself what stands open

log = structlog.get_logger()

_START = str(new_id())


@dataclass(slots=True)
class _Noted:
    """Whether a transaction of this process is at work in it, and until when the last one may stand open."""

    session: Document
    at_work: bool = False
    until: float = 0.0


@dataclass(slots=True)
class _GivenUp:
    """To be ended at `next`, and again until `until`: what the client had sent may still lie before a server that was
    away, and begins the transaction anew when that comes back."""

    session: Document
    next: float
    until: float


@dataclass(slots=True)
class _Heard:
    """How often a process had said that it goes on, and since when it has said nothing more."""

    beats: int
    since: float
    ended: bool = False


class Sessions:
    """`database` is the driver's. A process is known by machine, number and first argument (api, worker): in a
    container the number is always the same, so that a predecessor may have had one's own."""

    def __init__(
        self, database: Any, monotonic: Callable[[], float] = time.monotonic, silent_s: float = SILENT_S
    ) -> None:
        self._database, self._monotonic, self._silent_s = database, monotonic, silent_s
        self._process = {"machine": socket.gethostname(), "number": os.getpid(), "role": "".join(sys.argv[1:2])}
        self._noted: dict[bytes, _Noted] = {}
        self._begins = asyncio.Lock()
        self._given_up: dict[bytes, _GivenUp] = {}
        self._took_over = False
        self._next_beat = self._next_look = 0.0
        self._asked: int | None = None
        self._heard: dict[str, _Heard] = {}

    async def take_over(self) -> None:
        """Once, before anything else: nobody else will end what a dead process of this machine left open."""
        if self._took_over:
            return
        rows = await self._database[COLLECTION].find({"machine": self._process["machine"]}).to_list(None)
        dead = [row for row in rows if self._is_dead(row)]
        if dead:
            await self._end([row["session"] for row in dead])
            await self._database[COLLECTION].delete_many({"_id": {"$in": [row["_id"] for row in dead]}})
            log.info("sessions.ended", count=len(dead))
        self._took_over = True

    @asynccontextmanager
    async def use(self, session: Document) -> AsyncIterator[None]:
        """Around a transaction of this server session."""
        id = bytes(session["id"])
        await self.take_over()
        await self._end_given_up()
        await self._beat()
        noted = self._noted.get(id)
        if noted is None:
            row = {"session": session, "start": _START, "noted_at": real_now(), **self._process}
            await self._database[COLLECTION].update_one({"_id": id.hex()}, {"$set": row}, upsert=True)
            noted = self._noted[id] = _Noted(session)
        async with self._begins:
            noted.at_work = True
        try:
            yield
        finally:
            noted.at_work, noted.until = False, self._monotonic() + LIFETIME_S

    async def blocked(self) -> None:
        """A transaction met locks until its time was up. A process that goes on ends its transactions soon; a session
        that nobody is at work in would keep its locks, and a silent process cannot answer."""
        now = self._monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_S
        await self._database[BEATS].update_many({"_id": {"$ne": _START}}, {"$inc": {"asked": 1}})
        await self._end_silent()
        await self._end_idle()

    async def _end_idle(self) -> None:
        """Nothing begins meanwhile."""
        async with self._begins:
            now = self._monotonic()
            idle = [one.session for one in self._noted.values() if not one.at_work and now < one.until]
            if idle:
                await self._end(idle)
                log.info("sessions.ended_idle", count=len(idle))

    async def _end_silent(self) -> None:
        """How long others are silent is measured here, by nobody's clock, from the first time that anybody is
        blocked."""
        now = self._monotonic()
        rows = await self._database[BEATS].find({"_id": {"$ne": _START}}).to_list(None)
        known, self._heard = self._heard, {row["_id"]: _Heard(row["beats"], now) for row in rows}
        self._heard |= {s: one for s, one in known.items() if s in self._heard and self._heard[s].beats == one.beats}
        heard = self._heard.items()
        silent = {start: one for start, one in heard if not one.ended and now - one.since >= self._silent_s}
        rows = await self._database[COLLECTION].find({"start": {"$in": [*silent]}}).to_list(None) if silent else []
        if rows:
            await self._end([row["session"] for row in rows])
            log.warning("sessions.ended_of_silent", count=len(rows))
        for one in silent.values():
            one.ended = True

    async def _beat(self) -> None:
        now = self._monotonic()
        if now >= self._next_beat:
            self._next_beat = now + BEAT_S
            said = {"$inc": {"beats": 1, "asked": 0}, "$set": {"noted_at": real_now()}}
            beats = self._database[BEATS]
            row = await beats.find_one_and_update({"_id": _START}, said, upsert=True, return_document=True)
            asked, self._asked = self._asked, row["asked"]
            if asked is not None and asked != self._asked:
                await self._end_idle()

    def give_up(self, session: Document, *, used_again: bool = False) -> None:
        """Its transaction may be open still: the connection went before its end or its undoing was answered."""
        now = self._monotonic()
        self._given_up[bytes(session["id"])] = _GivenUp(session, now, now if used_again else now + LATEST_S)

    async def _end_given_up(self) -> None:
        now = self._monotonic()
        due = [one for one in self._given_up.values() if one.next <= now]
        if not due:
            return
        await self._end([one.session for one in due])
        for one in due:
            one.next = now + AGAIN_S
            id = bytes(one.session["id"])
            if now >= one.until and self._given_up.get(id) is one:  # it may have been given up once more meanwhile
                del self._given_up[id]

    def _is_dead(self, row: Document) -> bool:
        if row["number"] == self._process["number"]:
            return bool(row["role"] == self._process["role"] and row["start"] != _START)
        try:
            os.kill(row["number"], 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False

    async def _end(self, sessions: list[Document]) -> None:
        await self._database.command("killSessions", sessions)
