"""What a dead client left open is ended by whoever comes after it, and not by the database a minute later."""

import asyncio
import signal
import sys
from typing import Any
from uuid import uuid4

import pytest

from common.mongo import MongoDatabase
from common.problem import NotFound, Unavailable
from common.store import Store, Write
from sangam_local.system import System
from tests.faults.answers import Commits
from tests.faults.wire import Wire
from tests.support.eventually import eventually
from tests.support.gateway import free_ports
from tests.support.things import INDEXES


async def a_locked_thing(parts: System) -> str:
    """The name of a database with one document at version 1."""
    name = f"things_{uuid4().hex[:12]}"
    database = MongoDatabase(parts.mongo_url(), name)
    await database.set_up(INDEXES)
    await _write(database, 0)
    database.close()
    return name


async def a_holder(parts: System, name: str) -> asyncio.subprocess.Process:
    """A process that has written the document in a transaction that it will not end."""
    command = (sys.executable, "-m", "tests.support.dies_in_a_transaction", "worker", parts.mongo_url(), name)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    assert await process.stdout.readline() == b"written\n"
    return process


async def _write(database: MongoDatabase, expected: int) -> None:
    """Raises Unavailable when it cannot be had within the budget of five seconds."""

    async def attempt(store: Store) -> None:
        await store.write([Write("things", "locked", expected, expected + 1, {"by": "the living"})])

    await database.transact(attempt)


@pytest.mark.rule("R1")
async def test_the_successor_of_a_killed_process_writes_what_it_had_locked(parts: System) -> None:
    name = await a_locked_thing(parts)
    dying = await a_holder(parts, name)
    dying.kill()
    await dying.wait()

    await _write(MongoDatabase(parts.mongo_url(), name), 1)


@pytest.mark.rule("R1")
async def test_what_a_frozen_process_had_locked_is_written_by_whoever_it_blocks(parts: System) -> None:
    name = await a_locked_thing(parts)
    frozen = await a_holder(parts, name)
    frozen.send_signal(signal.SIGSTOP)
    database = MongoDatabase(parts.mongo_url(), name, budget_s=0.5, silent_s=2)

    async def written() -> bool:
        await _write(database, 1)
        return True

    try:
        with pytest.raises(Unavailable):
            await _write(database, 1)
        await eventually(written, timeout=30)  # left alone, the database takes 60 s
    finally:
        frozen.kill()
        await frozen.wait()


@pytest.mark.rule("R1")
@pytest.mark.parametrize("refused", [False, True], ids=["while it worked", "while it was undone"])
async def test_a_transaction_whose_connection_died_is_ended_by_its_own_client(parts: System, refused: bool) -> None:
    name = await a_locked_thing(parts)
    [port] = free_ports(1)
    wire = Wire("mongo", port, parts.ports.mongo, Commits)
    await wire.open()
    database = MongoDatabase(parts.mongo_url().replace(f":{parts.ports.mongo}/", f":{port}/"), name, budget_s=1)
    broken = False

    async def attempt(store: Store) -> None:
        nonlocal broken
        await store.write([Write("things", "locked", 1, 2, {"by": "who was cut off"})])
        if not broken:
            broken = True
            wire.refuse()
            if refused:
                raise NotFound()
            await store.read("things", ["locked"])

    with pytest.raises(NotFound if refused else Unavailable):
        await database.transact(attempt)
    await wire.mend()

    async def written() -> bool:
        await _write(database, 1)
        return True

    await eventually(written)
    await wire.close()


@pytest.mark.rule("R1")
async def test_what_a_cancelled_transaction_had_locked_is_written_by_the_next(parts: System) -> None:
    """It is cancelled while it tries to commit over connections that are cut: so ends a record when its claims do."""
    name = await a_locked_thing(parts)
    [port] = free_ports(1)
    wire = Wire("mongo", port, parts.ports.mongo, Commits)
    await wire.open()
    database = MongoDatabase(parts.mongo_url().replace(f":{parts.ports.mongo}/", f":{port}/"), name, budget_s=2)
    written = asyncio.Event()

    async def attempt(store: Store) -> None:
        await store.write([Write("things", "locked", 1, 2, {"by": "who was cancelled"})])
        wire.refuse()
        written.set()

    cut_off = asyncio.create_task(database.transact(attempt))
    await written.wait()
    cut_off.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cut_off
    await wire.mend()

    await _write(database, 1)  # within its two seconds, and without having been blocked; the database takes 60 s
    await wire.close()


async def test_ending_a_transaction_ends_no_ordinary_read(parts: System) -> None:
    """On `mongod` whatever is under way in a session ends with it: they must not share any."""
    database = MongoDatabase(parts.mongo_url(), f"things_{uuid4().hex[:12]}")
    await database.set_up(INDEXES)
    await _write(database, 0)
    await database.select("things", {})

    noted = {row["_id"] for row in await database.select("driver_sessions", {})}
    transactions, others = (_pooled(named.client) for named in (database._transactions, database._database))

    assert noted
    assert noted <= transactions
    assert not noted & others
    database.close()


def _pooled(client: Any) -> set[str]:
    return {bytes(session.session_id["id"]).hex() for session in client.delegate._topology._session_pool}
