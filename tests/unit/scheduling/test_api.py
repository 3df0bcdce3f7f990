"""The HTTP door: what it refuses before any use case, what it keeps, and how refusals look."""

from uuid import uuid4

import httpx
import pytest

from scheduling.api.app import create_app
from tests.support.tokens import a_token
from tests.unit.scheduling.builders import MONDAY, a_campus, local
from tests.unit.scheduling.world import World

CAMPUS = {
    "names": {"en": "Puducherry"},
    "zone": "Asia/Kolkata",
    "languages": ["en", "ta"],
    "working_week": [1, 2, 3, 4, 5],
    "quiet_hours": {"start": "21:00", "end": "07:00"},
    "holiday_region": {"country": "IN", "subdivision": "PY"},
    "own_days": [{"day": "2026-03-20", "name": "Founders' day", "kind": "half"}],
}
ROOM = {"campus": "puducherry", "label": "Hall", "capacity": 40, "features": ["projector"]}


class Client:
    """One actor at the door of one world."""

    def __init__(self, world: World, kind: str = "institute_coordinator", campus: str = "puducherry") -> None:
        async def ready() -> None:
            return None

        token = a_token(sub=str(uuid4()), person_id=str(uuid4()), campuses=[campus], kinds=[kind])
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(world.service, ready)),
            base_url="http://scheduling/scheduling/v1",
            headers={"Authorization": f"Bearer {token}"},
        )

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self._http.get(path, headers=headers)

    async def put(self, path: str, body: object, **headers: str) -> httpx.Response:
        return await self._http.put(path, json=body, headers=headers)

    async def post(
        self, path: str, body: object = None, key: str | None = None, version: str | None = None
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or str(uuid4())} | ({"If-Match": version} if version else {})
        return await self._http.post(path, json=body, headers=headers)


def slug(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_a_campus_is_put_read_and_changed_by_version():
    client = Client(World())

    made = await client.put("/campuses/puducherry", CAMPUS)
    again = await client.put("/campuses/puducherry", CAMPUS)
    read = await client.get("/campuses/puducherry")
    unseen = await client.put("/campuses/puducherry", CAMPUS | {"own_days": []})
    stale = await client.put("/campuses/puducherry", CAMPUS | {"own_days": []}, **{"If-Match": '"9"'})
    changed = await client.put("/campuses/puducherry", CAMPUS | {"own_days": []}, **{"If-Match": read.headers["ETag"]})

    assert (made.status_code, again.status_code, made.json()) == (200, 200, read.json())
    assert {"day": "2026-03-20", "name": "Founders' day", "kind": "half"} in read.json()["holidays"]
    assert made.headers["Sangam-Position"].startswith("campuses:puducherry:")
    assert slug(unseen) == (428, "if-match-missing")
    assert slug(stale) == (412, "stale")
    assert changed.headers["ETag"] == '"2"'


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"zone": "Asia/Atlantis"}, "unknown-zone"),
        ({"holiday_region": {"country": "IN", "subdivision": "XX"}}, "unknown-region"),
        ({"working_week": [0]}, "invalid-request"),
        ({"working_week": ["1"]}, "invalid-request"),
        ({"names": {}}, "invalid-request"),
        ({"surprise": 1}, "invalid-request"),
    ],
)
async def test_a_campus_that_cannot_be_is_refused_with_a_reason(change, expected):
    answer = await Client(World()).put("/campuses/puducherry", CAMPUS | change)

    assert slug(answer) == (422, expected)


@pytest.mark.rule("E-10")
@pytest.mark.parametrize("capacity", [0, -1, "3", None, 2.5, True])
async def test_a_capacity_that_is_no_count_is_refused(capacity):
    world = World()
    await world.put(campuses=[a_campus()])

    answer = await Client(world).post("/rooms", ROOM | {"capacity": capacity})

    assert slug(answer) == (422, "invalid-request")
    assert (await Client(world).get("/rooms")).json()["items"] == []


@pytest.mark.rule("I2")
async def test_an_idempotency_key_gives_one_effect_and_refuses_another_body():
    world = World()
    await world.put(campuses=[a_campus()])
    client = Client(world, "campus_admin")

    first = await client.post("/rooms", ROOM, key="k1")
    again = await client.post("/rooms", ROOM, key="k1")
    other = await client.post("/rooms", ROOM | {"label": "Lab"}, key="k1")
    taken = await client.post("/rooms", ROOM)

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first.status_code == 201
    assert slug(other) == (422, "idempotency-key-reused")
    assert slug(taken) == (409, "room-label-taken")


@pytest.mark.rule("X1", "C1")
async def test_no_token_a_foreign_token_and_another_campus():
    world = World()
    await world.put(campuses=[a_campus()])
    client = Client(world, "campus_admin", campus="karaikal")

    assert slug(await client.get("/rooms", Authorization="")) == (401, "token-missing")
    assert slug(await client.get("/rooms", Authorization="Bearer a.b.c")) == (401, "token-invalid")
    assert slug(await client.get("/rooms?campus=puducherry")) == (404, "not-found")
    assert slug(await client.post("/rooms", ROOM)) == (404, "not-found")
    strange = a_token(person_id="somebody")
    assert slug(await client.get("/rooms", Authorization=f"Bearer {strange}")) == (401, "token-invalid")


async def test_a_timetable_from_draft_to_cancelled():
    world = World()
    offering_id = await world.drafted()
    client = Client(world, "campus_admin")
    path = f"/offerings/{offering_id}/timetable"

    draft = await client.get(path)
    blind = await client.post(f"{path}/release")
    stale = await client.post(f"{path}/release", version='"99"')
    released = await client.post(f"{path}/release", version=draft.headers["ETag"])
    [session] = released.json()["sessions"]
    move = {"start": local(MONDAY, "10:00").isoformat()}
    moved = await client.post(f"/sessions/{session['id']}/reschedule", move, version=str(session["version"]))
    closed = await client.post(
        f"/sessions/{session['id']}/reschedule",
        {"start": "2026-03-14T10:00:00+05:30"},
        version=moved.headers["ETag"],
    )
    cancelled = await client.post(f"/sessions/{session['id']}/cancel", {"reason": "ill"}, version=moved.headers["ETag"])

    assert (draft.json()["state"], draft.json()["unplaced"]) == ("draft", [])
    assert slug(blind) == (428, "if-match-missing")
    assert slug(stale) == (412, "stale")
    assert (released.json()["state"], released.json()["schedule_revision"]) == ("released", 1)
    assert released.headers["Sangam-Position"] == f"scheduling-events:{offering_id}:1"
    assert moved.json()["start"] == "2026-03-09T04:30:00Z"
    assert (moved.json()["zone"], moved.json()["revision"]) == ("Asia/Kolkata", 2)
    assert slug(closed) == (409, "day-closed")
    assert closed.json()["name"] == "Saturday"
    assert (cancelled.json()["state"], cancelled.json()["revision"]) == ("cancelled", 3)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"start": "2026-03-09T10:00:00"}, (422, "invalid-request")),
        ({"start": "yesterday"}, (422, "invalid-request")),
        ({"start": "9999-12-31T23:59:59Z"}, (422, "invalid-request")),
        ({"start": "2026-03-09T10:00:00Z", "end": "2026-03-09T10:00:00Z"}, (422, "zero-length")),
        ({"start": "2026-03-09T10:00:00Z", "end": "2026-03-12T10:00:00Z"}, (422, "too-long")),
        ({"start": "2026-03-01T10:00:00Z"}, (409, "start-in-past")),
        ({"start": "2026-03-09T10:00:00Z", "room_id": str(uuid4())}, (404, "not-found")),
    ],
)
async def test_a_move_that_cannot_be_is_refused_with_a_reason(body, expected):
    world = World()
    offering_id = await world.released()
    [session] = (await world.timetable(offering_id)).sessions

    answer = await Client(world).post(f"/sessions/{session.id}/reschedule", body, version="1")
    answer = await Client(world).post(f"/sessions/{session.id}/reschedule", body, version=str(session.version))

    assert slug(answer) == expected
    assert await world.session(session.id) == session


async def test_every_route_declares_what_it_answers():
    from scheduling.api.app import create_app

    paths = create_app(World().service, None).openapi()["paths"]

    assert len(paths) == 12
    for path, methods in paths.items():
        for operation in methods.values():
            assert {"401", "422", "503"} <= set(operation["responses"]), path
