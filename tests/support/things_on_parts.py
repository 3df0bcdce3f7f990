"""The tiny service of `things` on a real database and a real broker, each test with names of its own."""

from uuid import uuid4

from common.mongo import MongoDatabase
from sangam_local.system import System
from tests.support.things import INDEXES, World


async def a_database(parts: System) -> MongoDatabase:
    database = MongoDatabase(parts.mongo_url(), f"things_{uuid4().hex[:12]}")
    await database.set_up(INDEXES)
    return database


async def a_world(parts: System, producer: object = None) -> World:
    return World(await a_database(parts), producer)
