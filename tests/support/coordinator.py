"""Someone who makes courses at the gateway while brokers and processes die, and looks whether they arrive."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from pymongo import AsyncMongoClient

from sangam_local.system import System
from tests.support import cluster
from tests.support.eventually import eventually

TOPICS = {"enrolment-events": 6, "people": 6, "courses": 3, "scheduling-events": 6, "campuses": 1}
READ_BY_SCHEDULING = {(topic, n) for topic in ("enrolment-events", "people", "courses") for n in range(TOPICS[topic])}
PART = {"part": 1, "titles": {"en": "Only part"}, "day": 1, "start": "09:00:00", "minutes": 60, "mandatory": True}
A_FEW = 12  # courses, so that each of three partitions gets some


@dataclass(frozen=True, slots=True)
class Coordinator:
    """Someone at the gateway who repeats nothing, so that every failed call shows."""

    system: System
    http: httpx.AsyncClient
    programme: str

    @property
    def brokers(self) -> str:
        return self.system.urls()["kafka"]

    async def add_course(self) -> httpx.Response:
        body = {"code": f"C-{uuid4().hex[:8]}", "programme_id": self.programme, "titles": {"en": "Course"}}
        return await self._post("/enrolment/v1/courses", body | {"session_plan": [PART]})

    async def add_courses(self) -> list[str]:
        """Their ids."""
        answers = [await self.add_course() for _ in range(A_FEW)]
        assert [answer.status_code for answer in answers] == [201] * A_FEW
        return [answer.json()["id"] for answer in answers]

    async def list_courses(self) -> httpx.Response:
        return await self.http.get("/enrolment/v1/courses", params={"limit": 1})

    async def scheduling_knows(self, courses: Iterable[str]) -> bool:
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(self.system.mongo_url("scheduling"))
        async with client:
            rows = client.scheduling.courses.find({"_id": {"$in": [*courses]}})
            return {row["_id"] async for row in rows} == {*courses}

    async def until_scheduling_knows(self, courses: Iterable[str]) -> None:
        await eventually(lambda: self.scheduling_knows(courses), timeout=150)

    async def until_nothing_waits(self) -> None:
        async def nothing() -> bool:
            return await self.waiting() == 0

        await eventually(nothing, timeout=150)

    async def waiting(self) -> int:
        """Events of enrolment that are not published yet."""
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(self.system.mongo_url("enrolment"))
        async with client:
            return await client.enrolment.outbox.count_documents({})

    async def all_in_step(self) -> bool:
        return {counts for counts in (await cluster.copies(self.brokers)).values()} == {(3, 3)}

    async def shared_by(self, members: int) -> bool:
        """Whether this many workers of scheduling have all partitions, none of them two."""
        plans = await cluster.readers(self.brokers, "scheduling")
        taken = [partition for plan in plans for partition in plan]
        return (len(plans), sorted(taken)) == (members, sorted(READ_BY_SCHEDULING)) and all(plans)

    async def _post(self, path: str, body: object) -> httpx.Response:
        return await self.http.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
