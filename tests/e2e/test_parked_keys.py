"""A key that is parked, from the alarm's metric to its end, by the commands that the runbook names."""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from pymongo import AsyncMongoClient

from sangam_local.parts.services import environment
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.system import BACKBONE, running

TOPIC = "enrolment-events"
CONFIRMED = "sangam.enrolment.confirmed.v1"


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever reads scheduling's metrics and runs its commands, and a producer that knows none of our code."""

    system: System
    producer: AIOKafkaProducer
    key: str = field(default_factory=lambda: str(uuid4()))

    @property
    def stream(self) -> str:
        return f"{TOPIC}/{self.key}"

    async def metric(self, name: str, service: str = "scheduling") -> float:
        async with httpx.AsyncClient() as http:
            page = (await http.get(f"http://127.0.0.1:{self.system.ports.of(f'{service}_worker')}/metrics")).text
        [shown] = re.findall(rf"^{name} (\S+)$", page, re.M)
        return float(shown)

    async def run(self, service: str, *command: str) -> tuple[int, str]:
        """`python -m <service> parked …`: its exit code and what it says."""
        env = {**os.environ, **environment(self.system.place, service, f"{service}-api", f"{service}-worker")}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", service, "parked", *command, env=env, stdout=PIPE, stderr=PIPE
        )
        said, _ = await process.communicate()
        return await process.wait(), said.decode().strip()

    async def tell(self, sequence: int, payload: object) -> None:
        attributes = {
            "ce_id": str(uuid4()),
            "ce_type": CONFIRMED,
            "ce_source": "/elsewhere",
            "ce_time": datetime.now(UTC).isoformat(),
            "ce_sequence": f"{sequence:020d}",
            "ce_partitionkey": self.key,
            "ce_correlationid": str(uuid4()),
            "ce_causationid": str(uuid4()),
        }
        headers = [(name, value.encode()) for name, value in attributes.items()]
        await self.producer.send_and_wait(TOPIC, json.dumps(payload).encode(), self.key.encode(), headers=headers)

    def a_place(self) -> dict[str, object]:
        """The fact that somebody holds a seat, as the contract has it."""
        return {
            "offering_id": self.key,
            "enrolment_id": str(uuid4()),
            "person_id": str(uuid4()),
            "revision": 1,
            "share": "puducherry",
            "because": "window",
            "schedule_revision": 1,
        }


@pytest.fixture(scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """Of their own: what a stranger tells stays on the topics, and no service ever told it."""
    async with running(tmp_path_factory.mktemp("parked"), BACKBONE | {"enrolment", "scheduling"}) as made:
        yield made


@pytest.fixture
async def operator(system: System) -> AsyncIterator[Operator]:
    producer = AIOKafkaProducer(bootstrap_servers=system.urls()["kafka"])
    await producer.start()
    yield Operator(system, producer)
    await producer.stop()


@pytest.mark.rule("O2", "D1")
async def test_a_poison_event_is_counted_listed_and_gone_after_it_was_dropped(operator: Operator) -> None:
    await operator.tell(1, {"nonsense": True})
    good = operator.a_place()
    await operator.tell(2, good)

    await eventually(lambda: counts(operator, keys=1, events=2), timeout=30)
    assert await operator.run("scheduling", "list") == (
        0,
        f"{operator.stream}  2 parked from 1  {CONFIRMED}  ValidationError",
    )
    code, said = await operator.run("scheduling", "replay", operator.stream)
    assert code == 1
    assert said.startswith("0 applied; refused again by ValidationError at 1: ")

    assert await operator.run("scheduling", "drop", operator.stream) == (0, "1 dropped")
    assert await operator.run("scheduling", "replay", operator.stream) == (0, "1 applied")

    assert await operator.run("scheduling", "list") == (0, "nothing is parked")
    await eventually(lambda: counts(operator, keys=0, events=0), timeout=30)
    assert await on_the_roster(operator, str(good["enrolment_id"]))


@pytest.mark.rule("O2", "D1")
async def test_after_the_mending_a_replay_applies_what_waited(operator: Operator) -> None:
    """What is mended is a document that the service cannot read; a mended reaction is the same to the operator."""
    place, other = operator.a_place(), operator.a_place()
    broken = {"_id": str(place["enrolment_id"]), "version": 1}
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(operator.system.mongo_url("scheduling"))
    async with client:
        await client.scheduling.roster.insert_one(broken)
        await operator.tell(1, place)
        await operator.tell(2, other)
        await eventually(lambda: counts(operator, keys=1, events=2), timeout=30)

        await client.scheduling.roster.delete_one({"_id": broken["_id"]})

    assert await operator.run("scheduling", "replay", operator.stream) == (0, "2 applied")
    await eventually(lambda: counts(operator, keys=0, events=0), timeout=30)
    for one in (place, other):
        assert await on_the_roster(operator, str(one["enrolment_id"]))


async def counts(operator: Operator, keys: int, events: int) -> bool:
    return (await operator.metric("sangam_parked_keys"), await operator.metric("sangam_parked_events")) == (
        keys,
        events,
    )


async def on_the_roster(operator: Operator, enrolment: str) -> bool:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(operator.system.mongo_url("scheduling"))
    async with client:
        row = await client.scheduling.roster.find_one({"_id": enrolment})
    return row is not None and row["comes"]
