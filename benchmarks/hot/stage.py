"""Where the rushes take place: the parts, the people with their tokens, and a fresh offering for each turn."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks import ours
from benchmarks.hot.verdict import Place
from sangam_local.parts import services
from sangam_local.ports import HOST
from sangam_local.probe import answers, until
from sangam_local.system import System

ROOT = Path(__file__).parent.parent.parent
PARTS = frozenset({"kafka", "mongo", "enrolment", "scheduling"})
STAND = frozenset({"enrolment-worker", "scheduling-api", "scheduling-worker"})


@dataclass(frozen=True)
class Stage:
    """`tokens` by person, in the order in which they will ask."""

    system: System
    token: str
    tokens: Mapping[str, str]

    @classmethod
    async def furnish(cls, system: System, people: int) -> "Stage":
        """A campus and its people. What would only disturb is stopped."""
        token = ours.sign(system, "institute_coordinator")
        async with _http(system.ports.enrolment_api) as http, _http(system.ports.scheduling_api) as other:
            await ours.call(other, token, "PUT", "/scheduling/v1/campuses/puducherry", ours.CAMPUS)
            ids = await ours.directory(http, token, people)
        system.supervisor.stop(STAND)
        tokens = {id: ours.sign(system, "trainee", id) for id in ids}
        return cls(system, token, tokens)

    async def offering(self, seats: int) -> str:
        """An open one, of a course that nobody is in yet."""
        async with _http(self.system.ports.enrolment_api) as http:
            course = await ours.a_course(http, self.token, uuid4().hex[:12].upper())
            drafted = await ours.a_draft(http, self.token, course, seats, waitlist_limit=10_000)
            path = f"/enrolment/v1/offerings/{drafted.json()['id']}/open"
            await ours.call(http, self.token, "POST", path, {}, **{"if-match": drafted.headers["etag"]})
        return str(drafted.json()["id"])

    @asynccontextmanager
    async def process(self, *words: str, port: int, **env: str) -> AsyncIterator[int]:
        """One that listens on `port`; yields its process id when it is ready."""
        settings = services.environment(self.system.place, "enrolment", "enrolment-api", "enrolment-worker")
        told = {**os.environ, **settings, **env, "ENROLMENT_API_PORT": str(port)}
        log = (self.system.home.logs / f"{words[0]}.log").open("ab")
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *words, cwd=ROOT, env=told, stdout=log, stderr=log
        )
        try:
            await until(answers(f"http://{HOST}:{port}/readyz"), 60)
            yield child.pid
        finally:
            if child.returncode is None:
                child.terminate()
            await child.wait()
            log.close()

    async def places(self, offering: str) -> dict[str, Place]:
        """As the coordinator sees them over HTTP."""
        found: dict[str, Place] = {}
        after = ""
        async with _http(self.system.ports.enrolment_api) as http:
            while True:
                path = f"/enrolment/v1/offerings/{offering}/enrolments?limit=200{after}"
                page = (await ours.call(http, self.token, "GET", path, None)).json()
                found |= {row["person_id"]: Place(row["state"], row["queue_no"], row["rank"]) for row in page["items"]}
                if not page["next"]:
                    return found
                after = f"&after={page['next']}"

    async def facts(self, offering: str) -> int:
        """How many were told about it so far."""
        async with self.database("enrolment") as database:
            row = await database.sequences.find_one({"_id": f"enrolment-events/{offering}"})
            return int(row["last"]) if row else 0

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[Any]:
        client: Any = AsyncIOMotorClient(self.system.mongo_url())
        try:
            yield client[name]
        finally:
            client.close()


def _http(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=60)
