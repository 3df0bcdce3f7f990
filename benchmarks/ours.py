"""Sangam set up for a benchmark: one open offering, as many people as will ask for a seat, straight at the port."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from common.clock import real_now
from sangam_local import identity
from sangam_local.system import System

PARTITIONS = 6
CAMPUS = {
    "names": {"en": "Puducherry"}, "zone": "Asia/Kolkata", "languages": ["en"], "working_week": [1, 2, 3, 4, 5, 6],
    "quiet_hours": {"start": "21:00", "end": "07:00"},
    "holiday_region": {"country": "IN", "subdivision": "PY"}, "own_days": [],
}  # fmt: skip


@asynccontextmanager
async def desk(system: System, people: int) -> AsyncIterator[Callable[[int], Awaitable[str]]]:
    """Request i is person i asking for a seat; the mail is their confirmation."""
    token = sign(system, "institute_coordinator")
    enrolment = f"http://127.0.0.1:{system.ports.enrolment_api}"
    scheduling = f"http://127.0.0.1:{system.ports.scheduling_api}"
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with (
        httpx.AsyncClient(base_url=enrolment, timeout=30, limits=limits) as http,
        httpx.AsyncClient(base_url=scheduling, timeout=30) as other,
    ):
        await call(other, token, "PUT", "/scheduling/v1/campuses/puducherry", CAMPUS)
        room = {"campus": "puducherry", "label": "Hall", "capacity": people, "features": []}
        await call(other, token, "POST", "/scheduling/v1/rooms", room)
        ids = await directory(http, token, people)
        offering = await an_open_offering(http, other, token, ids, people)
        tokens = [sign(system, "trainee", person) for person in ids]

        async def shoot(i: int) -> str:
            await call(http, tokens[i], "POST", f"/enrolment/v1/offerings/{offering}/enrolments", {})
            return address(i)

        yield shoot


def address(i: int) -> str:
    return f"person{i}@example.org"


def sign(system: System, kind: str, person: str | None = None) -> str:
    return identity.sign(system.home.root, person_id=person or uuid4(), campuses=["puducherry"], kinds=[kind])


async def call(http: httpx.AsyncClient, token: str, verb: str, path: str, body: Any, **headers: str) -> httpx.Response:
    said = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4()), **headers}
    kind: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
    answer = await http.request(verb, path, headers=said, **kind)
    if answer.is_error:
        raise RuntimeError(f"{verb} {path}: {answer.status_code} {answer.text}")
    return answer


async def directory(http: httpx.AsyncClient, token: str, people: int) -> list[str]:
    """Ids in the order of the addresses."""
    names = "employee_id,name_latin,name_devanagari,name_tamil"
    head = f"{names},campus,department,cadre,email,phone,languages,supervisor,deputy\n"
    ids: dict[str, str] = {}
    for start in range(0, people, 5000):
        rows = [
            f"P{i:06},Person {i},,,puducherry,D,C,{address(i)},+9194{i:08},en,,"
            for i in range(start, min(start + 5000, people))
        ]
        csv = (head + "\n".join(rows)).encode()
        job = await call(http, token, "POST", "/enrolment/v1/people/imports", csv, **{"content-type": "text/csv"})
        state = await finished(http, token, job.headers["location"])
        if state["refused"]:
            raise RuntimeError(f"{state['refused']} people were refused")
    after = ""
    while True:
        page = (await call(http, token, "GET", f"/enrolment/v1/people?limit=200{after}", None)).json()
        ids |= {person["employee_id"]: person["id"] for person in page["items"]}
        if not page["next"]:
            return [ids[name] for name in sorted(ids)]
        after = f"&after={page['next']}"


async def finished(http: httpx.AsyncClient, token: str, job: str) -> dict[str, Any]:
    while True:
        state: dict[str, Any] = (await call(http, token, "GET", job, None)).json()
        if state["state"] == "done":
            return state
        await asyncio.sleep(0.2)


async def a_course(http: httpx.AsyncClient, token: str, code: str) -> str:
    """In a programme of its own; answers its id."""
    programme = await call(http, token, "POST", "/enrolment/v1/programmes", {"code": code, "titles": {"en": "Bench"}})
    plan = [{"part": 1, "titles": {"en": "Day"}, "day": 1, "start": "09:30", "minutes": 300, "mandatory": True}]
    course = await call(http, token, "POST", "/enrolment/v1/courses", {
        "code": f"{code}-1", "programme_id": programme.json()["id"], "titles": {"en": "Bench"}, "session_plan": plan,
        "min_attendance_percent": 80, "needs_acceptance": False, "qualifies_for": [],
        "needs": {"room_features": [], "facilitators": 1}, "certificate": True,
    })  # fmt: skip
    return str(course.json()["id"])


async def a_draft(
    http: httpx.AsyncClient, token: str, course_id: str, seats: int, **policies: object
) -> httpx.Response:
    """Of an offering whose window has begun."""
    now = real_now()
    return await call(http, token, "POST", "/enrolment/v1/offerings", {
        "course_id": course_id, "label": "BENCH", "owner_campus": "puducherry", "language": "en",
        "shares": {"puducherry": seats}, "earliest_start": (now + timedelta(days=30)).date().isoformat(),
        "window_opens": (now - timedelta(hours=1)).isoformat(), "window_closes": (now + timedelta(days=20)).isoformat(),
        "cutoff": (now + timedelta(days=20)).isoformat(), "approval": "none", **policies,
    })  # fmt: skip


async def an_open_offering(
    http: httpx.AsyncClient, other: httpx.AsyncClient, token: str, ids: list[str], seats: int
) -> str:
    course_id = await a_course(http, token, "B")
    able = {"person_id": ids[0], "campus": "puducherry", "courses": [course_id], "languages": ["en"]}
    await call(other, token, "POST", "/scheduling/v1/facilitators", able)
    drafted = await a_draft(http, token, course_id, seats)
    offering: str = drafted.json()["id"]
    path = f"/scheduling/v1/offerings/{offering}/timetable"
    while True:
        answer = await other.get(path, headers={"authorization": f"Bearer {token}"})
        if answer.status_code == 200 and answer.json()["state"] == "draft" and answer.json()["sessions"]:
            break
        await asyncio.sleep(0.2)
    await call(other, token, "POST", f"{path}/release", {}, **{"if-match": answer.headers["etag"]})
    opening = {"if-match": drafted.headers["etag"]}
    while True:  # the release moves the offering's version when it arrives
        try:
            await call(http, token, "POST", f"/enrolment/v1/offerings/{offering}/open", {}, **opening)
        except RuntimeError:
            opening["if-match"] = (await call(http, token, "GET", f"/enrolment/v1/offerings/{offering}", None)).headers[
                "etag"
            ]
        else:
            return offering


async def make_topic(brokers: str, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1)])
    finally:
        await admin.close()


async def records_on(brokers: str, topic: str) -> int:
    """How many were ever sent there."""
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        return sum((await consumer.end_offsets(partitions)).values())
    finally:
        await consumer.stop()


async def answering(http: httpx.AsyncClient) -> None:
    for _ in range(200):
        try:
            await http.get("/")
        except httpx.TransportError:
            await asyncio.sleep(0.1)
        else:
            return
    raise RuntimeError("the floor does not answer")
