"""The suite that memory passes, on the real protocol."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from common.mongo import MongoDatabase
from common.store import Store, Write
from sangam_local.system import System
from tests.support.store_suite import *  # noqa: F403
from tests.support.things import INDEXES, World
from tests.support.things_on_parts import a_world


@pytest.fixture
async def world(parts: System) -> AsyncIterator[World]:
    made = await a_world(parts)
    yield made
    made.database.close()  # type: ignore[attr-defined]


async def test_set_up_drops_what_an_earlier_version_wanted_and_keeps_the_rest(parts: System) -> None:
    name = f"things_{uuid4().hex[:12]}"
    database = MongoDatabase(parts.mongo_url(), name)
    await database.set_up(INDEXES)
    async with AsyncMongoClient[dict[str, Any]](parts.mongo_url()) as client:
        things = client[name].things
        await things.create_index([("kind", 1)], name="of_old")
        await things.drop_index("one_label")
        await things.create_index([("place", 1)], name="one_label")

        await database.set_up(INDEXES)

        found = await things.index_information()
    assert {name: about["key"] for name, about in found.items()} == {"_id_": [("_id", 1)], "one_label": [("label", 1)]}
    database.close()


@pytest.mark.rule("S1", "O1")
@pytest.mark.parametrize("change", ["replaced", "removed"])
async def test_what_was_read_and_then_changed_by_somebody_else_is_not_written(world: World, change: str) -> None:
    """The snapshot notices, whose write names no version: the row changed after it was read, before it is written."""
    thing = await world.make()
    id = str(thing.id)
    [row] = await world.database.select("things", {"_id": id})
    attempts = 0

    async def read_and_write(store: Store) -> bool:
        nonlocal attempts
        attempts += 1
        found = await store.read("things", [id])
        if attempts == 1:
            fields = {**row, "count": 10} if change == "replaced" else None
            await world.database.transact(lambda other: other.write([Write("things", id, 1, 2, fields)]))
        if id in found:
            before = found[id]
            after = {**before, "count": before["count"] + 1}
            await store.write([Write("things", id, before["version"], before["version"] + 1, after)])
        return id in found

    there = await world.database.transact(read_and_write)

    rows = await world.database.select("things", {"_id": id})
    assert attempts == 2
    assert (there, [(row["count"], row["version"]) for row in rows]) == (
        (True, [(11, 3)]) if change == "replaced" else (False, [])
    )
