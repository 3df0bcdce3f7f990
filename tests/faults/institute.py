"""A small institute for the workload: two campuses, rooms, facilitators, courses, offerings with few seats.

Everything is asked for through the gateway, before any fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from common.clock import real_now
from sangam_local import identity
from tests.faults.client import Client
from tests.faults.ground import Ground
from tests.support.eventually import eventually

HOME, ELSEWHERE = "puducherry", "karaikal"
_NAMES = "employee_id,name_latin,name_devanagari,name_tamil"
_HEAD = f"{_NAMES},campus,department,cadre,email,phone,languages,supervisor,deputy\n"


def address(number: int) -> str:
    return f"person{number}@example.org"


def campus_body(code: str, name: str = "") -> dict[str, Any]:
    return {
        "names": {"en": name or code.capitalize()},
        "zone": "Asia/Kolkata",
        "languages": ["en"],
        "working_week": [1, 2, 3, 4, 5, 6],
        "quiet_hours": {"start": "21:00", "end": "07:00"},
        "holiday_region": {"country": "IN", "subdivision": "PY"},
        "own_days": [],
    }


@dataclass
class Run:
    """One offering. `canary`: nobody but the watch of progress touches it."""

    id: str
    course_id: str
    sessions: list[str]
    cancelled: bool = False


@dataclass
class Institute:
    """`people` are ids in the order of their addresses: trainees, then teachers, then one whom nobody else touches.
    `strangers` live on the other campus and have no share."""

    ground: Ground
    people: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    courses: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    drafted: int = 0

    def token(self, kind: str, person: str = "") -> str:
        if (kind, person) not in self.tokens:
            campuses = [ELSEWHERE] if person in self.strangers else [HOME]
            if kind == "institute_coordinator":
                campuses = [HOME, ELSEWHERE]
            self.tokens[kind, person] = identity.sign(
                self.ground.system.home.root, person_id=person or uuid4(), campuses=campuses, kinds=[kind]
            )
        return self.tokens[kind, person]

    @property
    def trainees(self) -> list[str]:
        return self.people[: -self._teaching - 1]

    @property
    def teachers(self) -> list[str]:
        return self.people[-self._teaching - 1 : -1]

    @property
    def _teaching(self) -> int:
        return max(4, len(self.courses))

    @property
    def coordinator(self) -> str:
        """Somebody of the directory, since nominators are written to; nobody before there is one."""
        return self.token("institute_coordinator", self.people[-2] if self.people else "")

    @property
    def planner(self) -> str:
        return self.token("planner")


async def found(ground: Ground, client: Client, people: int, offerings: int, seats: int) -> Institute:
    """Everything there is at the beginning; each offering is of a course of its own, so that anybody may be in all."""
    institute = Institute(ground)
    for code in (HOME, ELSEWHERE):
        await _said(client, "PUT", f"/scheduling/v1/campuses/{code}", institute.coordinator, campus_body(code))
    for number in range(2 + offerings // 2):
        room = {"campus": HOME, "label": f"Hall {number}", "capacity": 200, "features": []}
        await _said(client, "POST", "/scheduling/v1/rooms", institute.coordinator, room)
    await _people(institute, client, people)
    await _courses(institute, client, offerings)
    for course in institute.courses:
        institute.runs.append(await open_run(institute, client, course, seats))
    return institute


async def open_run(institute: Institute, client: Client, course: str, seats: int) -> Run:
    """Drafted, its sessions proposed by scheduling, released, and open, whatever dies meanwhile."""
    now = real_now()
    institute.drafted += 1
    drafted = await _said(client, "POST", "/enrolment/v1/offerings", institute.coordinator, {
        "course_id": course, "label": f"RUN-{institute.drafted}", "owner_campus": HOME, "language": "en",
        "shares": {HOME: seats}, "earliest_start": (now + timedelta(days=30)).date().isoformat(),
        "window_opens": (now - timedelta(hours=1)).isoformat(), "window_closes": (now + timedelta(days=20)).isoformat(),
        "cutoff": (now + timedelta(days=20)).isoformat(), "approval": "none",
        "promotion": "offer" if institute.drafted % 2 else "confirm", "waitlist_limit": 1000,
    })  # fmt: skip
    id: str = drafted.json()["id"]
    path = f"/scheduling/v1/offerings/{id}/timetable"

    async def proposed() -> bool:
        answer = await client.read(path, institute.planner)
        return answer.status_code == 200 and bool(answer.json()["sessions"])

    await eventually(proposed, timeout=120, every=0.3)
    await _released(client, path, institute.planner)
    answer = await client.read(path, institute.planner)
    sessions = [session["id"] for session in answer.json()["sessions"]]
    await _edited(client, f"/enrolment/v1/offerings/{id}", "open", institute.coordinator)
    return Run(id, course, sessions)


async def _people(institute: Institute, client: Client, number: int) -> None:
    strangers = max(2, number // 20)
    rows = []
    for i in range(number + strangers):
        campus = HOME if i < number else ELSEWHERE
        rows.append(f"P{i:06},Person {i},,,{campus},D,C,{address(i)},+9194{i:08},en,,")
    csv = (_HEAD + "\n".join(rows)).encode()
    headers = {"Content-Type": "text/csv"}
    path = "/enrolment/v1/people/imports"
    job = await _said(client, "POST", path, institute.coordinator, csv, headers=headers)

    async def done() -> bool:
        state = (await client.read(job.headers["location"], institute.coordinator)).json()
        assert not state["refused"], state
        return bool(state["state"] == "done")

    await eventually(done, timeout=120)
    listed = await client.all("/enrolment/v1/people", institute.coordinator)
    ids = {person["employee_id"]: person["id"] for person in listed}
    everyone = [ids[name] for name in sorted(ids)]
    institute.people, institute.strangers = everyone[:number], everyone[number:]


async def _courses(institute: Institute, client: Client, number: int) -> None:
    programme = {"code": "F", "titles": {"en": "Faults"}}
    made = await _said(client, "POST", "/enrolment/v1/programmes", institute.coordinator, programme)
    plan = [{"part": 1, "titles": {"en": "Day"}, "day": 1, "start": "10:00", "minutes": 240, "mandatory": True}]
    for n in range(number):
        course = await _said(client, "POST", "/enrolment/v1/courses", institute.coordinator, {
            "code": f"F-{n}", "programme_id": made.json()["id"], "titles": {"en": f"Course {n}"}, "session_plan": plan,
            "min_attendance_percent": 80, "needs_acceptance": False, "qualifies_for": [],
            "needs": {"room_features": [], "facilitators": 1}, "certificate": True,
        })  # fmt: skip
        institute.courses.append(course.json()["id"])
    for teacher in institute.teachers:
        able = {"person_id": teacher, "campus": HOME, "courses": institute.courses, "languages": ["en"]}
        await _said(client, "POST", "/scheduling/v1/facilitators", institute.coordinator, able)


async def _released(client: Client, path: str, token: str) -> None:
    """Two drafts may have been proposed the same room: who comes second proposes again."""

    async def tried() -> bool:
        etag = (await client.read(path, token)).headers["etag"]
        sent = {"If-Match": etag}
        answer = await _said(client, "POST", f"{path}/release", token, {}, headers=sent, may=(409, 412))
        if answer.status_code == 409:
            await _said(client, "POST", f"{path}/propose", token, {}, may=(409,))
        return answer.status_code == 200

    await eventually(tried, timeout=60)


async def _edited(client: Client, path: str, verb: str, token: str) -> httpx.Response:
    """On the newest version, since others edit it as well. A repetition finds it done."""

    async def tried() -> httpx.Response | None:
        etag = (await client.read(path, token)).headers["etag"]
        answer = await _said(client, "POST", f"{path}/{verb}", token, {}, headers={"If-Match": etag}, may=(412,))
        return None if answer.status_code == 412 else answer

    answer = await eventually(tried, timeout=60)
    assert answer is not None
    return answer


async def _said(
    client: Client,
    method: str,
    path: str,
    token: str,
    body: Any,
    *,
    headers: dict[str, str] | None = None,
    may: Sequence[int] = (),
) -> httpx.Response:
    """Repeated under one key while something is away. Raises AssertionError for a refusal."""
    sent = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4()), **(headers or {})}
    content: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}

    async def answered() -> httpx.Response | None:
        try:
            answer = await client.http.request(method, path, headers=sent, **content)
        except httpx.TransportError:
            return None
        return None if answer.status_code in (429, 502, 503, 504) else answer

    answer = await eventually(answered, timeout=90, every=0.3)
    assert answer is not None
    assert answer.status_code < 400 or answer.status_code in may, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer
