"""Whether a database holds exactly the effects that the load must have: nothing lost, doubled or overtaken."""

import json
from collections.abc import Mapping
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks.consumer.load import Effects

SAID = ("type", "sequence", "correlation_id", "causation_id")


async def effects_in(mongo: str, database: str) -> Effects:
    client: Any = AsyncIOMotorClient(mongo)
    try:
        held = client[database]
        return Effects(
            inbox={row["_id"]: row["taken"] async for row in held.inbox.find()},
            rosters={row["_id"]: row["enrolments"] async for row in held.rosters.find()},
            outbox={
                row["_id"]: {name: row[name] for name in SAID} | {"data": json.loads(row["data"])}
                async for row in held.outbox.find()
            },
        )
    finally:
        client.close()


async def drop(mongo: str, database: str) -> None:
    """What one contestant left must not slow the next."""
    client: Any = AsyncIOMotorClient(mongo)
    await client.drop_database(database)
    client.close()


def differences(found: Effects, wanted: Effects) -> list[str]:
    """One line per kind of document that is not as it must be; none when all are equal."""
    pairs: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
        "inbox": (found.inbox, wanted.inbox),
        "rosters": (found.rosters, wanted.rosters),
        "outbox": (found.outbox, wanted.outbox),
    }
    return [line for kind, (has, should) in pairs.items() if (line := _difference(kind, has, should))]


def _difference(kind: str, has: Mapping[str, Any], should: Mapping[str, Any]) -> str | None:
    missing, strange = should.keys() - has.keys(), has.keys() - should.keys()
    other = [id for id in should.keys() & has.keys() if has[id] != should[id]]
    if not (missing or strange or other):
        return None
    example = next(iter([*missing, *strange, *other]))
    return f"{kind}: {len(missing)} missing, {len(strange)} too many, {len(other)} different, such as {example}"
