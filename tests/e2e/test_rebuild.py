"""I1 on the whole system: topics read again from the first event on, and copies rebuilt, change and send nothing."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import AsyncMongoClient

from common.kafka_history import KafkaHistory
from sangam_local import identity
from sangam_local.parts import SERVICES
from sangam_local.parts.services import environment
from sangam_local.story import StoryReport
from sangam_local.system import System
from tests.support.eventually import eventually

TOPICS = ["enrolment-events", "scheduling-events", "people", "courses", "campuses"]
PLUMBING = {
    "once",
    "rebuild",
    "positions",
    "repairs",
    "driver_sessions",
    "driver_processes",
}  # answers expire; positions are compared by themselves
COMMANDS = {
    "enrolment": ("/enrolment/v1/programmes", {"code": "NEW", "titles": {"en": "New"}}),
    "scheduling": ("/scheduling/v1/rooms", {"campus": "puducherry", "label": "New", "capacity": 1, "features": []}),
}


@dataclass(frozen=True, slots=True)
class Everything:
    """What is seen from outside: every document but for its version, which counts writes, every event and message."""

    documents: dict[str, Any]
    events: dict[str, int]
    mails: int
    texts: int


@asynccontextmanager
async def database(system: System, service: str) -> AsyncIterator[Any]:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(system.mongo_url(service), tz_aware=True)
    async with client:
        yield client[service]


async def everything(system: System) -> Everything:
    documents = {}
    for service in SERVICES:
        async with database(system, service) as found:
            for name in await found.list_collection_names():
                if name not in PLUMBING:
                    rows = await found[name].find({}, {"version": 0}).to_list()
                    documents[f"{service}.{name}"] = {row.pop("_id"): row for row in rows}
    spans = await KafkaHistory(system.urls()["kafka"]).spans(TOPICS)
    async with httpx.AsyncClient() as http:
        mails = (await http.get(f"{system.urls()['mailbox']}/email")).json()
        texts = (await http.get(f"{system.urls()['sms']}/messages")).json()["items"]
    return Everything(documents, {span.id: span.end for span in spans}, len(mails), len(texts))


async def settled(system: System) -> Everything:
    """Twice the same, with nothing on its way."""
    last: list[Everything] = []

    async def still() -> bool:
        last.append(await everything(system))
        waiting = [name for name, rows in last[-1].documents.items() if name.endswith(".outbox") and rows]
        return not waiting and len(last) > 1 and last[-1] == last[-2]

    await eventually(still, timeout=90, every=1)
    return last[-1]


async def positions(system: System, service: str) -> dict[str, int]:
    async with database(system, service) as found:
        return {row["_id"]: row["next"] for row in await found.positions.find({"next": {"$gt": 0}}).to_list()}


async def begin_again(system: System, service: str) -> None:
    """Neither the database nor the broker knows any more how far this group has read."""
    read = [id.partition("/") for id in await positions(system, service)]
    partitions = [TopicPartition(topic, int(number)) for topic, _, number in read]
    async with database(system, service) as found:
        await found.positions.delete_many({})
    consumer = AIOKafkaConsumer(bootstrap_servers=system.urls()["kafka"], group_id=service, enable_auto_commit=False)
    await consumer.start()
    consumer.assign(partitions)
    await consumer.commit(dict.fromkeys(partitions, 0))
    await consumer.stop()


@pytest.mark.rule("I1")
@pytest.mark.parametrize("service", SERVICES)
async def test_reading_everything_again_changes_nothing_and_sends_nothing(
    system: System, told: StoryReport, service: str
) -> None:
    before, read = await settled(system), await positions(system, service)
    assert before.mails
    await system.stop(f"{service}-worker")
    await begin_again(system, service)
    assert await positions(system, service) == {}

    await system.start(f"{service}-worker")

    async def caught_up() -> bool:
        return await positions(system, service) == read

    await eventually(caught_up, timeout=120)
    assert await settled(system) == before


def settings(system: System, service: str) -> Mapping[str, str]:
    return environment(system.place, service, f"{service}-api", f"{service}-worker")


class Rebuilding:
    """`python -m <service> rebuild` as an operator runs it."""

    def __init__(self, system: System, service: str) -> None:
        self.system, self.service = system, service
        self.lines: list[str] = []

    async def run(self, *, kill_at: str = "") -> int:
        """The exit code; killed when a line says `kill_at`."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self.service, "rebuild",
            env={**os.environ, **settings(self.system, self.service), "PYTHONUNBUFFERED": "1"},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout
        async for line in process.stdout:
            if line.startswith(b"{"):  # of the log
                continue
            self.lines.append(line.decode().strip())
            if kill_at and kill_at in self.lines[-1]:
                process.send_signal(signal.SIGKILL)
                break
        return await process.wait()


async def refusal(system: System, service: str) -> tuple[int, str]:
    """What a command answers, at the service's own door."""
    path, body = COMMANDS[service]
    token = identity.sign(
        system.home.root, campuses=identity.CAMPUSES, kinds=["institute_coordinator"], subject="test:coordinator"
    )
    port = system.ports.of(f"{service}_api")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "while-rebuilding"}
        answer = await http.post(path, json=body, headers=headers, params={"dry_run": "true"})
    return answer.status_code, str(json.loads(answer.text).get("type", ""))


@pytest.mark.rule("I1")
@pytest.mark.parametrize(
    ("service", "killed_at"),
    [("enrolment", "commands are refused"), ("scheduling", "dropped"), ("notifications", "people/")],
)
async def test_a_rebuild_that_is_killed_and_run_again_restores_every_copy(
    system: System, told: StoryReport, service: str, killed_at: str
) -> None:
    before, read = await settled(system), await positions(system, service)
    copies = import_module(f"{service}.worker.subscriptions").COPIES
    assert all(before.documents[f"{service}.{name}"] for name in copies)

    refused = Rebuilding(system, service)
    assert await refused.run() == 1
    assert "group-alive" in refused.lines[-1], refused.lines
    await system.stop(f"{service}-worker")
    async with database(system, service) as found:
        for name in copies:
            await found[name].delete_many({})
    killed = Rebuilding(system, service)
    assert await killed.run(kill_at=killed_at) == -signal.SIGKILL
    if service in COMMANDS:
        assert await refusal(system, service) == (503, "/problems/rebuilding")

    again = Rebuilding(system, service)
    assert await again.run() == 0, again.lines

    async def decides() -> bool:
        return service not in COMMANDS or (await refusal(system, service))[0] == 200

    await eventually(decides)
    assert again.lines[0].startswith("going on with the rebuild")
    await system.start(f"{service}-worker")
    assert await settled(system) == before
    assert await positions(system, service) == read


@pytest.mark.rule("D1")
async def test_a_set_up_after_a_restore_lifts_what_is_behind_and_tells_states_again(
    system: System, told: StoryReport
) -> None:
    await settled(system)
    await system.stop("enrolment-worker", "enrolment-api")
    async with database(system, "enrolment") as found:
        counter = await found.sequences.find_one({"_id": {"$regex": "^enrolment-events/"}})
        person = await found.sequences.find_one({"_id": {"$regex": "^people/"}})
        people = await found.sequences.count_documents({"_id": {"$regex": "^(people|courses)/"}})
        for row in (counter, person):
            await found.sequences.update_one({"_id": row["_id"]}, {"$set": {"last": 0}})

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "enrolment", "setup", "--restored",
        env={**os.environ, **settings(system, "enrolment")}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said = (await process.communicate())[0].decode().strip().splitlines()

    assert process.returncode == 0
    assert said[0] == f"2 counters lifted, {people} states told again"
    async with database(system, "enrolment") as found:
        assert (await found.sequences.find_one({"_id": counter["_id"]}))["last"] == counter["last"]
        assert (await found.sequences.find_one({"_id": person["_id"]}))["last"] == person["last"] + 1
    await system.start("enrolment-api", "enrolment-worker")

    async def heard() -> bool:
        async with database(system, "notifications") as found:
            return bool(await found.inbox.find_one({"_id": person["_id"], "applied": person["last"] + 1}))

    await eventually(heard, timeout=60)
