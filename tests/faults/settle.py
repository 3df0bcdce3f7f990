"""Waiting for rest: everything told has been applied or parked, everything due was handed over or dropped."""

import time
from collections.abc import Mapping
from typing import Any

from pymongo import AsyncMongoClient

from sangam_local.parts import SERVICES
from tests.faults.ground import Ground
from tests.faults.views import READERS
from tests.support.eventually import eventually

Json = dict[str, Any]


async def at_rest(ground: Ground, timeout: float) -> float:  # noqa: ASYNC109
    """Seconds until nothing moved any more. Raises AssertionError that says what still does."""
    began = time.monotonic()
    mongo: AsyncMongoClient[Json]
    async with AsyncMongoClient(ground.system.mongo_url(), tz_aware=True) as mongo:

        async def still() -> bool:
            moves = await _moving(mongo)
            assert not moves, "; ".join(moves)
            return True

        await eventually(still, timeout=timeout, every=0.5)
    return time.monotonic() - began


async def _moving(mongo: AsyncMongoClient[Json]) -> list[str]:
    found = []
    for service in SERVICES:
        if waiting := await mongo[service]["outbox"].count_documents({}):
            found.append(f"{waiting} events in the outbox of {service}")
    numbered = {service: await _by_id(mongo, service, "sequences") for service in SERVICES}
    inboxes = {service: await _by_id(mongo, service, "inbox") for service in SERVICES}
    for counters in numbered.values():
        for stream, counter in counters.items():
            for reader in READERS[stream.partition("/")[0]]:
                row = inboxes[reader].get(stream, {})
                if row.get("applied", 0) < counter["last"] and not row.get("parked"):
                    found.append(f"{reader} has applied {row.get('applied', 0)} of {counter['last']} of {stream}")
    async for row in mongo["notifications"]["deliveries"].find({"open": True}, limit=3):
        found.append(f"delivery {row['_id']} ({row['purpose']}) is {row['state']}, {row['reason']}")
    if rest := await mongo["enrolment"]["offerings"].count_documents({"follow_ups": {"$ne": []}}):
        found.append(f"{rest} offerings have something to follow up")
    return found[:6]


async def _by_id(mongo: AsyncMongoClient[Json], service: str, collection: str) -> Mapping[str, Json]:
    return {str(row["_id"]): row async for row in mongo[service][collection].find()}
