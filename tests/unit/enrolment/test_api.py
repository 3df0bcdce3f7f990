"""The HTTP door: what it answers, what it refuses before any use case, and how refusals look."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.unit.enrolment.builders import KKL, NOW, PDY, a_campus
from tests.unit.enrolment.client import Client, slug
from tests.unit.enrolment.world import World

PART = {"part": 1, "titles": {"en": "Day 1"}, "day": 1, "start": "09:30", "minutes": 360, "mandatory": True}


async def a_course(client: Client, **fields: object) -> str:
    programme = await client.post("/programmes", {"code": f"P-{uuid4().hex[:6]}", "titles": {"en": "Mission"}})
    body = {
        "code": f"C-{uuid4().hex[:6]}",
        "programme_id": programme.json()["id"],
        "titles": {"en": "Workshop"},
        "session_plan": [PART],
        "needs": {"room_features": ["projector"], "facilitators": 2},
    }
    made = await client.post("/courses", body | fields)
    assert made.status_code == 201, made.text
    return made.json()["id"]


def a_run(course_id: str, **fields: object) -> dict[str, object]:
    body: dict[str, object] = {
        "course_id": course_id,
        "label": "March run",
        "owner_campus": PDY,
        "language": "en",
        "shares": {PDY: 2, KKL: 1},
        "earliest_start": "2026-04-01",
        "window_opens": (NOW - timedelta(days=1)).isoformat(),
        "window_closes": (NOW + timedelta(days=10)).isoformat(),
        "cutoff": "2026-03-20",
    }
    return {name: value for name, value in (body | fields).items() if value != "absent"}


async def a_world() -> tuple[World, Client]:
    world = World()
    await world.put(campuses=[a_campus(PDY), a_campus(KKL)])
    return world, Client(world)


async def test_an_offering_is_drafted_read_and_opened_by_version():
    world, client = await a_world()
    course = await a_course(client)

    made = await client.post("/offerings", a_run(course, seats=3))
    path = made.headers["location"].removeprefix("/enrolment/v1")
    read = await client.get(path)
    missing = await client.http.post(f"{path}/open", headers={"Idempotency-Key": "k"})
    stale = await client.post(f"{path}/open", version=9)
    opened = await client.post(f"{path}/open", version=1)

    assert (made.status_code, made.json()["state"], made.json()["seats"]) == (201, "draft", 3)
    assert made.json()["cutoff"] == "2026-03-20T18:29:59.999000Z", "a date is its last instant in Puducherry (N-07)"
    assert read.json() == made.json()
    assert read.headers["etag"] == '"1"'
    assert slug(missing) == (428, "if-match-missing")
    assert slug(stale) == (412, "stale")
    assert (opened.status_code, opened.json()["state"], opened.headers["etag"]) == (200, "open", '"2"')
    assert await world.types() == ["course.recorded", "offering.drafted"]


@pytest.mark.rule("E-10")
@pytest.mark.parametrize(
    "fields",
    [
        {"shares": {PDY: 0}},
        {"shares": {PDY: "3"}},
        {"shares": {PDY: None}},
        {"shares": {}},
        {"seats": "3"},
        {"seats": None},
        {"seats": 0},
        {"seats": 4},
        {"language": "fr"},
        {"owner_campus": "Puducherry!"},
        {"window_opens": "2026-03-01T00:00:00"},
        {"window_opens": (NOW + timedelta(days=10)).isoformat()},
        {"course_id": str(uuid4())},
        {"shares": {PDY: 1, "mahe": 1}},
        {"label": ""},
        {"surprise": 1},
    ],
)
async def test_a_draft_that_cannot_mean_anything_is_refused(fields):
    world, client = await a_world()
    course = await a_course(client)
    await world.forget_what_was_told()

    answer = await client.post("/offerings", a_run(course) | fields)

    assert answer.status_code == 422, answer.text
    assert slug(answer)[1]
    assert await world.types() == []


async def test_a_request_is_the_same_however_often_it_is_sent():
    world, _ = await a_world()
    offering = await world.an_offering()
    person = await world.person()
    client = Client(world, "trainee", person=person)
    path = f"/offerings/{offering.id}/enrolments"

    first = await client.post(path, {}, key="once")
    again = await client.post(path, {}, key="once")
    other = await client.post(path, None, key="once")
    anew = await client.post(path, {}, key="twice")

    assert (first.status_code, first.json()["state"]) == (201, "confirmed")
    assert (again.status_code, again.content, again.headers["location"]) == (
        201,
        first.content,
        first.headers["location"],
    )
    assert slug(other) == (422, "idempotency-key-reused")
    assert slug(anew) == (409, "already-active")
    assert first.headers["sangam-position"] == f"enrolment-events:{offering.id}:1"


@pytest.mark.rule("N-09")
async def test_a_dry_run_over_http_leaves_nothing():
    world, _ = await a_world()
    offering = await world.an_offering()
    client = Client(world, "trainee", person=await world.person())
    path = f"/offerings/{offering.id}/enrolments"

    would = await client.post(path, {}, key="k", dry_run=True)
    did = await client.post(path, {}, key="k")

    assert (would.status_code, would.json()["state"]) == (200, "confirmed")
    assert did.status_code == 201


@pytest.mark.rule("P-03", "C1")
async def test_another_campus_s_things_answer_404():
    world, _ = await a_world()
    offering = await world.an_offering()
    [enrolment] = await world.asked(offering, 1)
    admin = Client(world, "campus_admin", campus=KKL)

    answers = [
        await admin.get(f"/offerings/{offering.id}"),
        await admin.get(f"/offerings/{offering.id}/enrolments"),
        await admin.get(f"/enrolments/{enrolment.id}"),
        await admin.get(f"/enrolments/{enrolment.id}/history"),
        await admin.get(f"/people/{enrolment.person_id}"),
        await admin.post(f"/enrolments/{enrolment.id}/withdraw", {"reason": "no"}),
        await admin.post(f"/offerings/{offering.id}/close", version=1),
        await admin.post(f"/offerings/{offering.id}/nominations", {"person_id": str(uuid4())}),
    ]

    assert [slug(answer) for answer in answers] == [(404, "not-found")] * 8
    assert (await admin.get("/offerings")).json()["items"] == []
    assert (await admin.get("/people")).json()["items"] == []


@pytest.mark.rule("P-03")
async def test_each_kind_of_actor_sees_its_own():
    world, coordinator = await a_world()
    offering = await world.an_offering(shares={PDY: 5, KKL: 5})
    boss = await world.person()
    [mine] = await world.people(1, supervisor=boss)
    for person in [mine, *await world.people(2), *await world.people(1, KKL)]:
        await world.ask(offering, person)
    path = f"/offerings/{offering.id}/enrolments"

    async def seen(client: Client) -> int:
        return len((await client.get(path)).json()["items"])

    assert await seen(coordinator) == 4
    assert await seen(Client(world, "campus_admin")) == 4, "the campus that runs it"
    assert await seen(Client(world, "campus_admin", campus=KKL)) == 1
    assert await seen(Client(world, "operator")) == 4
    assert await seen(Client(world, "supervisor", person=boss)) == 1
    assert await seen(Client(world, "trainee", person=mine)) == 1
    assert await seen(Client(world, "trainee")) == 0


async def test_lists_come_in_pages():
    world, client = await a_world()
    offering = await world.an_offering(shares={PDY: 3})
    asked = await world.asked(offering, 5)
    path = f"/offerings/{offering.id}/enrolments"

    first = (await client.get(path, limit=3)).json()
    second = (await client.get(path, limit=3, after=first["next"])).json()

    assert [len(first["items"]), len(second["items"]), second["next"]] == [3, 2, None]
    assert {item["id"] for item in first["items"] + second["items"]} == {str(e.id) for e in asked}
    assert {item["rank"] for item in first["items"] + second["items"] if item["state"] == "waitlisted"} == {1, 2}
    assert slug(await client.get(path, limit=201)) == (422, "invalid-request")


async def test_codes_are_taken_once():
    _, client = await a_world()
    body = {"code": "MK", "titles": {"en": "Mission"}}
    await client.post("/programmes", body)

    assert slug(await client.post("/programmes", body | {"code": "mk"})) == (409, "code-taken")
    assert (await client.get("/programmes")).json()["items"][0]["code"] == "MK"


@pytest.mark.rule("A-01")
async def test_who_may_not_is_refused():
    world, _ = await a_world()
    trainee = Client(world, "trainee", person=await world.person())

    assert slug(await trainee.post("/programmes", {"code": "X", "titles": {"en": "X"}})) == (403, "not-your-role")
    assert slug(await trainee.upload("/people/imports", "a\n1\n"))[0] in (403, 422)


async def test_plans_must_make_sense():
    _, client = await a_world()
    later = PART | {"part": 2, "start": "10:00"}
    programme = (await client.post("/programmes", {"code": "P", "titles": {"en": "P"}})).json()["id"]
    body = {"code": "C", "programme_id": programme, "titles": {"en": "C"}, "session_plan": [PART, later]}

    assert slug(await client.post("/courses", body)) == (422, "bad-plan")
    assert slug(await client.post("/courses", body | {"programme_id": str(uuid4()), "session_plan": [PART]})) == (
        422,
        "unknown-course",
    )


async def test_no_token_no_answer():
    _, client = await a_world()
    del client.http.headers["authorization"]

    assert slug(await client.get("/offerings")) == (401, "token-missing")
    assert slug(await client.post("/programmes", {"code": "X", "titles": {"en": "X"}})) == (401, "token-missing")
