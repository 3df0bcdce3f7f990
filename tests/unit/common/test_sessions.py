"""What a client gave up is ended before it goes on, however many of its transactions go on at once."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from common.mongo_store import to_its_end
from common.sessions import Sessions
from tests.support.eventually import eventually


class Server:
    """What the sessions ask of a driver's database. It ends sessions when it may, and knows of no dead process."""

    def __init__(self) -> None:
        self.ended: list[bytes] = []
        self.asked, self.go_on = 0, asyncio.Event()
        self.told = self.others_asked = 0

    def __getitem__(self, collection: str) -> "Server":
        return self

    def find(self, where: object) -> "Server":
        return self

    async def to_list(self, length: int | None) -> list[dict[str, Any]]:
        return []

    async def update_one(self, where: object, change: object, *, upsert: bool) -> None: ...

    async def update_many(self, where: object, change: object) -> None:
        self.others_asked += 1

    async def find_one_and_update(self, where: object, change: object, **how: bool) -> object:
        return {"asked": self.told}

    async def command(self, name: str, sessions: list[dict[str, Any]]) -> None:
        self.asked += 1
        await self.go_on.wait()
        self.ended += [session["id"] for session in sessions]


def answering() -> Server:
    server = Server()
    server.go_on.set()
    return server


def a_session() -> dict[str, Any]:
    return {"id": uuid4().bytes}


async def used(sessions: Sessions, session: dict[str, Any]) -> None:
    """By a transaction that ended well."""
    async with sessions.use(session):
        pass


@pytest.mark.rule("R1")
async def test_what_is_given_up_while_others_are_being_ended_is_ended_as_well() -> None:
    server = Server()
    sessions = Sessions(server)
    lost, later = a_session(), a_session()
    sessions.give_up(lost)

    both = [asyncio.create_task(used(sessions, a_session())) for _ in range(2)]
    await eventually(lambda: server.asked == 2)
    sessions.give_up(later)
    server.go_on.set()
    await asyncio.gather(*both)
    await used(sessions, a_session())

    assert {*server.ended} == {lost["id"], later["id"]}


@pytest.mark.rule("R1")
async def test_what_is_given_up_is_ended_again_while_something_it_sent_may_still_arrive() -> None:
    server, now = answering(), 0.0
    sessions = Sessions(server, lambda: now)
    lost, pooled = a_session(), a_session()
    sessions.give_up(lost)
    sessions.give_up(pooled, used_again=True)

    times = []
    for now in (0.0, 0.5, 1.0, 15.0, 30.0, 31.0, 60.0):
        ended = len(server.ended)
        await used(sessions, a_session())
        times += [now] if len(server.ended) > ended else []

    assert times == [0.0, 1.0, 15.0, 30.0]
    assert Counter(server.ended) == {lost["id"]: 4, pooled["id"]: 1}


@pytest.mark.rule("R1")
async def test_what_is_given_up_again_while_it_is_being_ended_is_ended_again() -> None:
    server = Server()
    sessions = Sessions(server)
    pooled = a_session()
    sessions.give_up(pooled, used_again=True)

    ending = asyncio.create_task(used(sessions, a_session()))
    await eventually(lambda: server.asked == 1)
    sessions.give_up(pooled, used_again=True)
    server.go_on.set()
    await ending
    await used(sessions, a_session())

    assert server.ended == [pooled["id"]] * 2


@pytest.mark.rule("R1")
async def test_who_is_blocked_ends_what_nothing_of_it_is_at_work_in_and_asks_the_others_to() -> None:
    server = answering()
    sessions = Sessions(server)
    idle, busy = a_session(), a_session()
    await used(sessions, idle)

    async with sessions.use(busy):
        await sessions.blocked()

    assert (server.ended, server.others_asked) == ([idle["id"]], 1)


@pytest.mark.rule("R1")
async def test_who_is_asked_by_one_that_is_blocked_ends_it_once_when_it_next_says_that_it_goes_on() -> None:
    server, now = answering(), 0.0
    sessions = Sessions(server, lambda: now)
    idle, busy = a_session(), a_session()
    await used(sessions, idle)
    async with sessions.use(busy):
        server.told = 7
        await used(sessions, a_session())
        before = list(server.ended)
        now = 3.0
        asking = a_session()
        await used(sessions, asking)
        now = 6.0
        await used(sessions, a_session())

    assert before == []
    assert idle["id"] in server.ended
    assert busy["id"] not in server.ended
    assert server.asked == 1


@pytest.mark.rule("R1")
async def test_many_that_are_blocked_at_once_ask_once_a_second() -> None:
    server, now = answering(), 5.0
    sessions = Sessions(server, lambda: now)
    await used(sessions, a_session())

    asked = []
    for now in (5.0, 5.0, 5.9, 6.0, 6.5):
        await sessions.blocked()
        asked.append((now, server.others_asked))

    assert asked == [(5.0, 1), (5.0, 1), (5.9, 1), (6.0, 2), (6.5, 2)]
    assert server.asked == 2


@pytest.mark.rule("R1")
async def test_what_the_server_has_ended_by_itself_is_not_ended_again() -> None:
    server, now = answering(), 0.0
    sessions = Sessions(server, lambda: now)
    long_ago, lately = a_session(), a_session()
    await used(sessions, long_ago)
    now = 59.0
    await used(sessions, lately)

    now = 61.0
    await sessions.blocked()

    assert server.ended == [lately["id"]]


@pytest.mark.rule("R1")
async def test_who_is_cancelled_waits_for_the_statement_under_way_however_often() -> None:
    answered = asyncio.Event()
    waiting = asyncio.create_task(to_its_end(answered.wait()))
    for _ in range(3):
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.sleep(0)
    before = waiting.done()
    answered.set()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not before


@pytest.mark.rule("R1")
async def test_nothing_begins_in_a_session_that_is_just_being_ended_as_idle() -> None:
    server = Server()
    sessions = Sessions(server)
    idle = a_session()
    await used(sessions, idle)

    ended_before = []

    async def begin() -> None:
        async with sessions.use(idle):
            ended_before.append(list(server.ended))

    ending = asyncio.create_task(sessions.blocked())
    await eventually(lambda: server.asked == 1)
    beginning = asyncio.create_task(begin())
    for _ in range(10):
        await asyncio.sleep(0)
    server.go_on.set()
    await asyncio.gather(ending, beginning)

    assert ended_before == [[idle["id"]]]
