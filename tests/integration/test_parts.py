"""The parts that integration tests stand on do what the services will ask of them."""

import signal
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from sangam_local.parts.mongo import DATABASES
from sangam_local.system import System
from tests.support.eventually import eventually


def connected(system: System, user: str = "admin") -> AsyncMongoClient[dict[str, Any]]:
    return AsyncMongoClient(system.mongo_url(user))


async def test_a_service_reads_and_writes_its_own_database_only(parts: System) -> None:
    async with connected(parts, "enrolment") as client:
        await client.enrolment.things.insert_one({"_id": "own"})
        assert await client.enrolment.things.find_one({"_id": "own"})

        for other in {*DATABASES, "admin"} - {"enrolment"}:
            with pytest.raises(OperationFailure):
                await client[other].things.find_one({})
            with pytest.raises(OperationFailure):
                await client[other].things.insert_one({"_id": "foreign"})


async def test_a_killed_part_comes_back_with_what_it_held(parts: System) -> None:
    async with connected(parts) as client:
        await client.test_parts.kept.insert_one({"_id": "before"})

    killed = parts.kill("mongo", signal.SIGKILL)

    async def is_back() -> bool:
        return parts.supervisor.states()["mongo"].pid not in (0, killed) and await parts.ready("mongo")

    await eventually(is_back, timeout=60)
    async with connected(parts) as client:
        assert await client.test_parts.kept.find_one({"_id": "before"})
