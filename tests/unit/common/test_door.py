"""The HTTP door: problems, headers, keys and versions, over a tiny service."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from common import door as doors
from common.auth import Verified
from common.door import Door
from common.group import GroupCommit
from common.http import create_app
from common.problem import Stale
from tests.support.things import NOW, Refused, Thing, ThingCounted, ThingHeard, ThingTransaction, World, a_record
from tests.support.tokens import a_token, verifier
from tests.unit.common.test_consumer import a_consumer

routes = APIRouter(prefix="/things/v1")


class Body(BaseModel):
    by: int = 1


class Counted(BaseModel):
    count: int

    @classmethod
    def of(cls, thing: Thing) -> "Counted":
        return cls(count=thing.count)


def actor_of(who: Verified) -> str:
    return who.subject


async def open_door(request: Request) -> Door[ThingTransaction, str]:
    return await doors.open_door(request, actor_of)


async def caller(request: Request, response: Response) -> str:
    return await doors.caller(request, response, actor_of)


@dataclass(frozen=True)
class Count:
    id: UUID
    by: int
    if_version: int | None


async def count(command: Count, tx: ThingTransaction) -> Thing:
    thing = await tx.things.get(command.id)
    if command.if_version not in (None, thing.version):
        raise Stale()
    if command.by == 13:
        raise Refused(detail="thirteen")
    if command.by == 99:
        raise ValueError("a person's name")
    tx.emit(ThingCounted(thing_id=thing.id, count=thing.count + command.by))
    return tx.things.save(replace(thing, count=thing.count + command.by))


@routes.post("/things/{id}/count")
async def post_count(
    id: UUID, body: Body, door: Annotated[Door[ThingTransaction, str], Depends(open_door)]
) -> Response:
    return await door.run(count, Count(id, body.by, door.if_version), Counted.of, hot=id)


@routes.post("/things/{id}/edit")
async def post_edit(id: UUID, body: Body, door: Annotated[Door[ThingTransaction, str], Depends(open_door)]) -> Response:
    return await door.run(count, Count(id, body.by, door.version), Counted.of)


@routes.get("/me")
async def get_me(me: Annotated[str, Depends(caller)]) -> dict[str, str]:
    return {"me": me}


class Service(World):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.hot = GroupCommit(self.transactions)
        self.reads = self.database
        self.verifier = verifier(folder)

    def clock(self) -> Any:
        return NOW


class Client:
    def __init__(self, service: Service, http: httpx.AsyncClient) -> None:
        self.service, self.http = service, http

    async def count(
        self, id: UUID, key: str | None = "k", verb: str = "count", body: Any = None, **headers: str | bytes
    ) -> Any:
        said = {"authorization": f"Bearer {a_token()}", **{n.replace("_", "-"): v for n, v in headers.items()}}
        said |= {"idempotency-key": key} if key is not None else {}
        return await self.http.post(f"/things/v1/things/{id}/{verb}", json=body or {}, headers=said)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async def ready() -> None:
        return None

    service = Service(tmp_path)
    app = create_app("things", "Things", service, [routes], ready)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://things") as http:
        yield Client(service, http)


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.json()["type"].removeprefix("/problems/")


@pytest.mark.rule("I2")
async def test_the_same_key_gives_the_same_answer_and_position(client: Client) -> None:
    made = await client.service.make()

    first, again = await client.count(made.id), await client.count(made.id)

    assert (first.status_code, first.json(), first.headers["etag"]) == (200, {"count": 1}, '"2"')
    assert first.headers["sangam-position"] == f"thing-events:{made.id}:1"
    assert (again.content, again.headers["sangam-position"]) == (first.content, first.headers["sangam-position"])
    assert slug(await client.count(made.id, body={"by": 2})) == "idempotency-key-reused"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (None, (400, "idempotency-key-missing")),
        ("", (422, "idempotency-key-invalid")),
        ("x" * 201, (422, "idempotency-key-invalid")),
    ],
)
async def test_a_command_wants_a_key(client: Client, key: str | None, expected: tuple[int, str]) -> None:
    answer = await client.count((await client.service.make()).id, key)

    assert (answer.status_code, slug(answer)) == expected


@pytest.mark.rule("X1")
async def test_who_does_not_say_who_they_are_is_turned_away(client: Client) -> None:
    made = await client.service.make()

    nobody = await client.count(made.id, authorization="")
    foreign = await client.count(made.id, authorization="Bearer " + a_token(aud="other"))

    assert (nobody.status_code, slug(nobody)) == (401, "token-missing")
    assert (foreign.status_code, slug(foreign)) == (401, "token-invalid")
    assert (await client.service.get(made.id)).count == 0


@pytest.mark.rule("S2")
@pytest.mark.parametrize("strange", ["abc", "", "-1", "²", "9" * 5000], ids=["word", "none", "minus", "square", "long"])
async def test_what_people_edit_wants_the_version_they_saw(client: Client, strange: str) -> None:
    made = await client.service.make()

    missing = await client.count(made.id, "a", "edit")
    stale = await client.count(made.id, "b", "edit", if_match='"9"')
    odd = await client.count(made.id, "c", "edit", if_match=strange.encode("latin-1"))
    fine = await client.count(made.id, "d", "edit", if_match='"1"')

    assert [a.status_code for a in (missing, stale, odd, fine)] == [428, 412, 422, 200]
    assert [slug(a) for a in (missing, stale, odd)] == ["if-match-missing", "stale", "if-match-invalid"]


async def test_a_refusal_and_a_bug_say_what_they_may(client: Client) -> None:
    made = await client.service.make()

    refused, broken = await client.count(made.id, body={"by": 13}), await client.count(made.id, "z", body={"by": 99})

    assert refused.json() == {"type": "/problems/refused", "title": "Not today.", "status": 409, "detail": "thirteen"}
    assert (broken.status_code, slug(broken)) == (500, "internal-error")
    assert "name" not in broken.text


async def test_a_bad_shape_names_the_place_and_not_the_value(client: Client) -> None:
    answer = await client.count((await client.service.make()).id, body={"by": "Anbuselvan"})

    assert (answer.status_code, slug(answer)) == (422, "invalid-request")
    assert answer.json()["errors"][0]["at"] == "body.by"
    assert "Anbuselvan" not in answer.text


async def test_a_body_has_a_limit_also_without_a_length(client: Client) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1024

    made = await client.service.make()
    headers = {"authorization": f"Bearer {a_token()}", "idempotency-key": "k", "content-type": "application/json"}
    large = await client.count(made.id, body={"by": 1, "x": "y" * 70_000})
    stream = await client.http.post(f"/things/v1/things/{made.id}/count", content=endless(), headers=headers)

    assert [(a.status_code, slug(a), a.json()["limit_bytes"]) for a in (large, stream)] == [
        (413, "body-too-large", 65536)
    ] * 2


async def test_unknown_routes_and_methods_are_problems_too(client: Client) -> None:
    assert slug(await client.http.get("/things/v1/nothing")) == "no-such-route"
    deleted = await client.http.delete("/things/v1/me")
    assert (slug(deleted), deleted.headers["allow"]) == ("method-not-allowed", "GET")


async def test_a_read_waits_for_what_its_caller_did_elsewhere(client: Client) -> None:
    made = await client.service.make()
    headers = {"authorization": f"Bearer {a_token()}"}
    await a_consumer(client.service).handle([a_record(made.id, 1)])

    known = await client.http.get("/things/v1/me", headers=headers | {"sangam-position": f"thing-events:{made.id}:1"})
    ahead = await client.http.get("/things/v1/me", headers=headers | {"sangam-position": f"thing-events:{made.id}:2"})
    foreign = await client.http.get("/things/v1/me", headers=headers | {"sangam-position": "others:x:7"})
    strange = {"sangam-position": b"thing-events:x:\xb2,thing-events:x:" + b"9" * 5000}
    assert (await client.http.get("/things/v1/me", headers=headers | strange)).status_code == 200

    assert ["sangam-stale" in a.headers for a in (known, ahead, foreign)] == [False, True, False]


@pytest.mark.rule("O2")
async def test_a_read_does_not_wait_for_a_key_that_waits_for_a_person(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A patience without end shows that nothing is waited for: what is parked answers, or this never ends."""
    monkeypatch.setattr(doors, "PATIENCE_S", float("inf"))

    async def refuse(event: ThingHeard, tx: ThingTransaction) -> None:
        if event.count == 2:
            raise Refused()

    made = await client.service.make()
    headers = {"authorization": f"Bearer {a_token()}"}
    await a_consumer(client.service, refuse).handle([a_record(made.id, n) for n in (1, 2, 3)])

    stale = []
    for n in (1, 2, 3):
        async with asyncio.timeout(30):
            position = {"sangam-position": f"thing-events:{made.id}:{n}"}
            answer = await client.http.get("/things/v1/me", headers=headers | position)
        stale.append("sangam-stale" in answer.headers)

    assert stale == [False, True, True]
