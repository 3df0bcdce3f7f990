"""Offerings for tests of the whole system, made through the gateway as their planners and admins would."""

from datetime import timedelta
from uuid import uuid4

from sangam_local import identity
from sangam_local.client import Acting, Gateway, Refused
from sangam_local.home import Home
from sangam_local.institute import Institute, Person
from sangam_local.institute.courses import MASTER_TRAINER
from sangam_local.seed import Seeded
from sangam_local.story.clock import HomeClock
from sangam_local.story.words import ZONE
from tests.support.eventually import eventually


async def open_workshop(home: Home, door: Gateway, institute: Institute, seeded: Seeded) -> str:
    """A released and open workshop at Puducherry with 20 seats and no approvals; answers its id."""
    admin = _actor(home, door, institute, seeded, "campus_admin")
    planner = _actor(home, door, institute, seeded, "planner")
    now = HomeClock(home).now()
    body = {
        "course_id": seeded.courses[MASTER_TRAINER],
        "label": f"Open workshop {uuid4().hex[-6:]}",
        "owner_campus": "puducherry",
        "language": "en",
        "shares": {"puducherry": 20},
        "earliest_start": (now.astimezone(ZONE).date() + timedelta(days=14)).isoformat(),
        "window_opens": (now - timedelta(hours=1)).isoformat(),
        "window_closes": (now + timedelta(days=8)).isoformat(),
        "cutoff": (now + timedelta(days=10)).isoformat(),
        "approval": "none",
    }
    offering = str((await admin.post("/enrolment/v1/offerings", body)).body["id"])
    timetable = f"/scheduling/v1/offerings/{offering}/timetable"

    async def proposed() -> bool:
        try:
            answer = await planner.get(timetable)
        except Refused as refused:
            if refused.status != 404:
                raise
            return False  # scheduling has not heard of it
        return bool(answer.body["sessions"])

    await eventually(proposed, timeout=60)
    await planner.edit(timetable, "release")
    await admin.edit(f"/enrolment/v1/offerings/{offering}", "open")
    return offering


async def without_a_place(home: Home, door: Gateway, institute: Institute, seeded: Seeded) -> list[Person]:
    """People of Puducherry who are in no offering at all."""
    coordinator = door.acting(identity.sign(home.root, campuses=identity.CAMPUSES, kinds=["institute_coordinator"]))
    taken = {
        enrolment["person_id"]
        for offering in await coordinator.all("/enrolment/v1/offerings")
        for enrolment in await coordinator.all(f"/enrolment/v1/offerings/{offering['id']}/enrolments")
    }
    members = [person for person in institute.people if (person.post, person.campus) == ("member", "puducherry")]
    return [person for person in members if seeded.people[person.employee_id] not in taken]


def _actor(home: Home, door: Gateway, institute: Institute, seeded: Seeded, kind: str) -> Acting:
    person_id = seeded.people[institute.actor(kind, "puducherry").employee_id]
    return door.acting(identity.sign(home.root, person_id=person_id, campuses=["puducherry"], kinds=[kind]))
