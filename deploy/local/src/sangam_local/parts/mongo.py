"""A MongoDB-protocol server with one user per service: a real `mongod` when there is one, else SecantusDB.

Of SecantusDB it is the server in Python, which comes with our packages (decision 34). It is GPL-2: it runs as a process
of its own, here and in tests, never imported or shipped.
"""

import asyncio
import json
import secrets
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from sangam_local.identity.private import kept
from sangam_local.part import Part, Place
from sangam_local.ports import HOST
from sangam_local.probe import until
from sangam_local.processes import MARK
from sangam_local.trouble import Trouble

DATABASES = ("enrolment", "scheduling", "notifications")
ADMIN = "admin"
REPLICA_SET = "sangam"
_PROVISION_WITHIN_S = 30
_OPLOG_ENTRIES = 10_000_000  # nobody reads it, and cutting it to size costs more than all else once it is full
# Early, a hundredth of the cache at a time: a page that grew too large while transactions overlap would cost every look
# at it some 6 ms (decision 36).
_WIREDTIGER = "eviction_dirty_target=1,eviction_updates_target=1"
_SECANTUSD = Path(sys.executable).with_name("secantusd-py")


def part(place: Place) -> Part:
    return Part(
        name="mongo",
        title="MongoDB" if _mongod() else "MongoDB protocol server",
        command=_command(place, auth=True),
        env={} if _mongod() else {"WIREDTIGER_CONFIG": _WIREDTIGER},
        ports=("mongo",),
        prepare=lambda: _provision(place),
        ready=lambda: _answers(url(place, ADMIN)),
        stop_within_s=15,
    )


def url(place: Place, user: str) -> str:
    """Where a user finds its own database; `admin` may do everything, a service only what is in its database."""
    password = passwords(place)[user]
    return f"mongodb://{user}:{password}@{HOST}:{place.ports.mongo}/{user}?directConnection=true"


def passwords(place: Place) -> Mapping[str, str]:
    made: Mapping[str, str] = json.loads(
        kept(
            place.home.run / "mongo-passwords.json",
            lambda: json.dumps({user: secrets.token_urlsafe(18) for user in (ADMIN, *DATABASES)}),
        )
    )
    return made


def server() -> str:
    """The name of the program that is used on this machine."""
    return Path(_mongod() or _SECANTUSD).name


def _mongod() -> str | None:
    return shutil.which("mongod")


def _command(place: Place, *, auth: bool) -> Sequence[str | Path]:
    data, port = place.data("mongo"), str(place.ports.mongo)
    if mongod := _mongod():
        # A replica set with authentication needs a key file, also when it has one member.
        guarded = ("--keyFile", _key_file(place)) if auth else ()
        return (mongod, "--bind_ip", HOST, "--port", port, "--dbpath", data, "--replSet", REPLICA_SET, *guarded)
    durable = ("--sync-on-commit", "--cache-size", "256M", "--log-level", "WARNING")
    log = ("--oplog-max-entries", str(_OPLOG_ENTRIES))
    users = ("--auth",) if auth else ()
    return (_SECANTUSD, "--host", HOST, "--port", port, "--storage-path", data, *durable, *log, *users)


def _key_file(place: Place) -> Path:
    path = place.home.run / "mongo-key"
    kept(path, lambda: secrets.token_hex(32))
    return path


async def _provision(place: Place) -> None:
    """Make the users, once: before its first start with authentication nobody could."""
    done = place.data("mongo") / "users-made"
    if done.exists():
        return
    log = (place.home.logs / "mongo-first-start.log").open("wb")
    server = await asyncio.create_subprocess_exec(
        *_command(place, auth=False), stdout=log, stderr=log, env={MARK: str(place.home.root)}
    )
    try:
        await _make_users(place)
    except TimeoutError:
        raise Trouble(f"The database does not start: see {log.name}.") from None
    finally:
        if server.returncode is None:
            server.terminate()
            await server.wait()
        log.close()
    done.touch()


async def _make_users(place: Place) -> None:
    open_url = f"mongodb://{HOST}:{place.ports.mongo}/?directConnection=true"
    if _mongod():
        await until(lambda: _answers(open_url, primary=False), _PROVISION_WITHIN_S)
        await _make_replica_set(place, open_url)
    await until(lambda: _answers(open_url), _PROVISION_WITHIN_S)
    async with _client(open_url) as client:
        for user, password in passwords(place).items():
            role = "root" if user == ADMIN else "readWrite"
            database = client[user]
            known = (await database.command("usersInfo", user))["users"]
            verb = "updateUser" if known else "createUser"
            await database.command(verb, user, pwd=password, roles=[{"role": role, "db": user}])


async def _make_replica_set(place: Place, address: str) -> None:
    member = {"_id": 0, "host": f"{HOST}:{place.ports.mongo}"}
    async with _client(address) as client:
        await client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})


def _client(address: str) -> AsyncMongoClient[dict[str, Any]]:
    return AsyncMongoClient(address, serverSelectionTimeoutMS=2_000, connectTimeoutMS=2_000)


async def _answers(address: str, *, primary: bool = True) -> bool:
    try:
        async with _client(address) as client:
            hello = await client.admin.command("hello")
            return bool(hello.get("isWritablePrimary")) or not primary
    except PyMongoError:
        return False
