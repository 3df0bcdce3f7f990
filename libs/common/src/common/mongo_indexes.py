"""The collections and indexes of one database, made at set-up: those that every service has, and its own."""

from collections.abc import Sequence
from typing import Any

from common import gaps, gate, inbox, once, outbox, parking, sessions
from common.store import Index, Indexes
from common.subscriptions import SUBSCRIBED

PLUMBING: Indexes = {
    outbox.COLLECTION: [],
    outbox.COUNTERS: [],
    once.COLLECTION: [once.INDEX],
    inbox.COLLECTION: [],
    inbox.STANDING: [],
    inbox.POSITIONS: [],
    inbox.ERASED: [],
    SUBSCRIBED: [],
    sessions.COLLECTION: [sessions.INDEX],
    sessions.BEATS: [sessions.BEATS_INDEX],
    **parking.INDEXES,
    gaps.GAPS: [],
    gate.REBUILD: [],
}


async def set_up(database: Any, indexes: Indexes) -> None:
    """`database` is the driver's. Running it again changes nothing."""
    existing = set(await database.list_collection_names())
    for collection, wanted in {**PLUMBING, **indexes}.items():
        if collection not in existing:
            await database.create_collection(collection)
        await _drop_old(database[collection], wanted)
        for index in wanted:
            options: dict[str, Any] = {"name": index.name, "unique": index.unique}
            if index.where is not None:
                options["partialFilterExpression"] = dict(index.where)
            if index.expire_after_s is not None:
                options["expireAfterSeconds"] = index.expire_after_s
            await database[collection].create_index([*index.keys], **options)


async def _drop_old(collection: Any, wanted: Sequence[Index]) -> None:
    """Indexes that an earlier version wanted, or wanted otherwise: every write would pay for them."""
    there = await collection.index_information()
    keys = {index.name: [*index.keys] for index in wanted}
    for name, about in there.items():
        if name != "_id_" and [tuple(key) for key in about["key"]] != keys.get(name):
            await collection.drop_index(name)
