"""The suite that memory passes, on the real protocol."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from common.mongo import MongoDatabase
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
