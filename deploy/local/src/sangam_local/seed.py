"""Brings the reference institute into a running Sangam, through the gateway; what is there already stays untouched."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sangam_local.client import Acting, Gateway, eventually
from sangam_local.institute import Institute, people_csv
from sangam_local.institute.model import Campus
from sangam_local.trouble import Trouble

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Seeded:
    """Sangam's ids of what the institute calls by code: people by employee id, accounts by user name."""

    people: Mapping[str, str]
    courses: Mapping[str, str]
    accounts: Mapping[str, str]
    changed: int


async def seed(door: Gateway, coordinator: str, institute: Institute, say: Say = lambda _: None) -> Seeded:
    """`coordinator` is the institute coordinator's token. A second run changes nothing and says so in `changed`."""
    acting = door.acting(coordinator)
    changed = await _campuses(acting, institute)
    say(f"{len(institute.campuses)} campuses with their calendars")
    rooms, (imported, people), (planned, courses) = await asyncio.gather(
        _rooms(acting, institute), _people(acting, institute, say), _courses(acting, institute)
    )
    say(f"{len(institute.rooms)} rooms, {len(institute.programmes)} programmes, {len(institute.courses)} courses")
    qualified = await _facilitators(acting, institute, people, courses)
    say(f"{len(institute.facilitators)} facilitators")
    return Seeded(
        people=people,
        courses=courses,
        accounts={card.username: people[card.employee_id] for card in institute.actors},
        changed=changed + rooms + imported + planned + qualified,
    )


async def _campuses(acting: Acting, institute: Institute) -> int:
    there = {item["id"]: item for item in await acting.all("/scheduling/v1/campuses")}
    changed = 0
    for campus in institute.campuses:
        known = there.get(campus.code)
        if known is None or not _is_like(known, campus):
            version = f'"{known["version"]}"' if known else ""
            await acting.put(f"/scheduling/v1/campuses/{campus.code}", campus.body(), if_match=version)
            changed += 1
    return changed


def _is_like(known: Mapping[str, Any], campus: Campus) -> bool:
    """Whether Sangam already has this calendar; it tells times with seconds and days in an order of its own."""
    found = {**known, "quiet_hours": {name: at[:5] for name, at in known["quiet_hours"].items()}}
    found["own_days"] = sorted(known["own_days"], key=lambda day: str(day["day"]))
    wanted = campus.body()
    wanted["own_days"] = sorted(wanted["own_days"], key=lambda day: str(day["day"]))
    return all(found[name] == value for name, value in wanted.items())


async def _rooms(acting: Acting, institute: Institute) -> int:
    there = {(item["campus"], item["label"]) for item in await acting.all("/scheduling/v1/rooms")}
    missing = [room for room in institute.rooms if (room.campus, room.label) not in there]
    for room in missing:
        await acting.post("/scheduling/v1/rooms", room.body())
    return len(missing)


async def _people(acting: Acting, institute: Institute, say: Say) -> tuple[int, dict[str, str]]:
    known = await _directory(acting)
    wanted = {person.employee_id for person in institute.people}
    missing = wanted - known.keys()
    if missing:
        started = await acting.post("/enrolment/v1/people/imports", csv=people_csv(institute.people))
        path = started.location or f"/enrolment/v1/jobs/{started.body['id']}"

        async def finished() -> Mapping[str, Any] | None:
            job: Mapping[str, Any] = (await acting.get(path)).body
            return job if job["state"] == "done" else None

        job = await eventually(finished, "the import of the directory", within=120)
        if job["refused"]:
            rows = await acting.all(f"{path}/rows", outcome="refused")
            raise Trouble(f"The directory refused {job['refused']} rows, the first: {rows[0]}")
        known = await _directory(acting)
    say(f"{len(wanted)} people in the directory")
    return len(missing), {employee_id: known[employee_id] for employee_id in wanted}


async def _directory(acting: Acting) -> dict[str, str]:
    return {item["employee_id"]: item["id"] for item in await acting.all("/enrolment/v1/people")}


async def _courses(acting: Acting, institute: Institute) -> tuple[int, dict[str, str]]:
    programmes = {item["code"]: item["id"] for item in await acting.all("/enrolment/v1/programmes")}
    courses = {item["code"]: item["id"] for item in await acting.all("/enrolment/v1/courses")}
    changed = 0
    for programme in institute.programmes:
        if programme.code not in programmes:
            body = {"code": programme.code, "titles": programme.titles}
            programmes[programme.code] = (await acting.post("/enrolment/v1/programmes", body)).body["id"]
            changed += 1
    for course in institute.courses:
        if course.code not in courses:
            plan: dict[str, Any] = {
                "code": course.code,
                "programme_id": programmes[course.programme],
                "titles": course.titles,
                "session_plan": [part.body() for part in course.parts],
                "min_attendance_percent": course.min_attendance_percent,
                "needs_acceptance": course.needs_acceptance,
                "qualifies_for": [courses[code] for code in course.qualifies_for],
                "needs": {"room_features": list(course.room_features), "facilitators": course.facilitators},
                "certificate": course.certificate,
            }
            courses[course.code] = (await acting.post("/enrolment/v1/courses", plan)).body["id"]
            changed += 1
    return changed, courses


async def _facilitators(
    acting: Acting, institute: Institute, people: Mapping[str, str], courses: Mapping[str, str]
) -> int:
    there = {item["person_id"] for item in await acting.all("/scheduling/v1/facilitators")}
    missing = [qualified for qualified in institute.facilitators if people[qualified.employee_id] not in there]
    for qualified in missing:
        await acting.post(
            "/scheduling/v1/facilitators",
            {
                "person_id": people[qualified.employee_id],
                "campus": qualified.campus,
                "courses": [courses[code] for code in qualified.courses],
                "languages": list(qualified.languages),
            },
        )
    return len(missing)
