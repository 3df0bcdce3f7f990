"""What a client gave up is ended before it goes on, however many of its transactions go on at once."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from common.sessions import Sessions
from tests.support.eventually import eventually


class Server:
    """What the sessions ask of a driver's database. It ends sessions when it may, and knows of no dead process."""

    def __init__(self) -> None:
        self.ended: list[bytes] = []
        self.asked, self.go_on = 0, asyncio.Event()

    def __getitem__(self, collection: str) -> "Server":
        return self

    def find(self, where: object) -> "Server":
        return self

    async def to_list(self, length: int | None) -> list[dict[str, Any]]:
        return []

    async def update_one(self, where: object, change: object, *, upsert: bool) -> None: ...

    async def command(self, name: str, sessions: list[dict[str, Any]]) -> None:
        self.asked += 1
        await self.go_on.wait()
        self.ended += [session["id"] for session in sessions]


def a_session() -> dict[str, Any]:
    return {"id": uuid4().bytes}


@pytest.mark.rule("R1")
async def test_what_is_given_up_while_others_are_being_ended_is_ended_as_well() -> None:
    server = Server()
    sessions = Sessions(server)
    lost, later = a_session(), a_session()
    sessions.give_up(lost)

    both = [asyncio.create_task(sessions.use(a_session())) for _ in range(2)]
    await eventually(lambda: server.asked == 2)
    sessions.give_up(later)
    server.go_on.set()
    await asyncio.gather(*both)
    await sessions.use(a_session())

    assert {*server.ended} == {lost["id"], later["id"]}


@pytest.mark.rule("R1")
async def test_what_is_given_up_is_ended_again_while_something_it_sent_may_still_arrive() -> None:
    server, now = Server(), 0.0
    server.go_on.set()
    sessions = Sessions(server, lambda: now)
    lost, pooled = a_session(), a_session()
    sessions.give_up(lost)
    sessions.give_up(pooled, used_again=True)

    times = []
    for now in (0.0, 0.5, 1.0, 15.0, 30.0, 31.0, 60.0):
        ended = len(server.ended)
        await sessions.use(a_session())
        times += [now] if len(server.ended) > ended else []

    assert times == [0.0, 1.0, 15.0, 30.0]
    assert Counter(server.ended) == {lost["id"]: 4, pooled["id"]: 1}
