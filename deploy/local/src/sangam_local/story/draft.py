"""First steps: a workshop is drafted, its sessions are proposed on working days, released, and enrolment opens."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from sangam_local.client import Refused
from sangam_local.institute.courses import MASTER_TRAINER
from sangam_local.story.cast import SHARES, choose
from sangam_local.story.days import working_days
from sangam_local.story.fault import StoryFault, expect, same, same_set
from sangam_local.story.stage import Json, Stage
from sangam_local.story.words import ZONE

OWNER = "puducherry"


async def choose_people(stage: Stage) -> Sequence[str]:
    """People who never took part in this course; who was certified earlier is remembered for the cascade."""
    coordinator = stage.actor("institute_coordinator")
    used: set[str] = set()
    of_the_institute = set(stage.seeded.people.values())  # others may have been added, and erased again
    for offering in await coordinator.all("/enrolment/v1/offerings"):
        if offering["course_id"] == stage.seeded.courses[MASTER_TRAINER]:
            path = f"/enrolment/v1/offerings/{offering['id']}/enrolments"
            for enrolment in await coordinator.all(path):
                if enrolment["person_id"] not in of_the_institute:
                    continue
                person = stage.whose(enrolment["person_id"]).employee_id
                used.add(person)
                if enrolment["state"] == "certified":
                    stage.certified_before.add(person)
    stage.cast = choose(stage.institute, used, stage.rng)
    await stage.post.start_here()
    first = ", ".join(
        f"{sum(p.languages[0] == code for p in stage.players.nominees)} {code}" for code in ("en", "hi", "ta")
    )
    return [
        f"{len(stage.players.rows)} rows, {len(stage.players.nominees)} of them good; first languages: {first}",
        f"shares: {', '.join(f'{share} {seats}' for share, seats in SHARES.items())}",
    ]


async def draft_workshop(stage: Stage) -> Sequence[str]:
    now = stage.clock.now()
    today = now.astimezone(ZONE).date()
    stage.label = f"{MASTER_TRAINER} {today:%Y-%m} {uuid4().hex[-6:]}"
    stage.post.label = stage.label
    stage.earliest = today + timedelta(days=14)
    drafted = await stage.actor("institute_coordinator").post(
        "/enrolment/v1/offerings",
        {
            "course_id": stage.seeded.courses[MASTER_TRAINER],
            "label": stage.label,
            "owner_campus": OWNER,
            "language": "en",
            "shares": dict(SHARES),
            "earliest_start": stage.earliest.isoformat(),
            "window_opens": (now - timedelta(hours=1)).isoformat(),
            "window_closes": (now + timedelta(days=8)).isoformat(),
            "cutoff": (today + timedelta(days=10)).isoformat(),
            "approval": "supervisor",
            "promotion": "offer",
        },
    )
    stage.offering = drafted.body["id"]
    same(drafted.body["state"], "draft", "state of a new offering")
    same(drafted.body["seats"], sum(SHARES.values()), "seats of the offering")
    return [f"offering {stage.label} with {drafted.body['seats']} seats"]


async def propose_sessions(stage: Stage) -> Sequence[str]:
    planner = stage.actor("planner", OWNER)
    path = f"/scheduling/v1/offerings/{stage.offering}/timetable"

    async def proposed() -> Json | None:
        timetable: Json = await timetable_of(stage)
        return timetable if timetable["sessions"] or timetable["unplaced"] else None

    timetable = await stage.wait(proposed, "scheduling proposes sessions for the drafted offering")
    same(timetable["unplaced"], [], "parts that found no place")
    same(timetable["state"], "draft", "state of the proposed timetable")
    keep_sessions(stage, timetable)
    _as_planned(stage)
    etag = (await planner.get(path)).etag
    expect(etag, "the timetable comes without an ETag, so nobody could edit it safely")
    return [_line(session) for session in stage.sessions]


async def release(stage: Stage) -> Sequence[str]:
    """In force: facilitators are told, with invitations; nobody else is."""
    planner = stage.actor("planner", OWNER)
    path = f"/scheduling/v1/offerings/{stage.offering}/timetable"
    await planner.edit(path, "release")
    timetable = await timetable_of(stage)
    same(timetable["state"], "released", "state of the timetable")
    keep_sessions(stage, timetable)
    told = await stage.post.settle("assignment of facilitators", mail=stage.facilitators)
    for person in stage.facilitators:
        mail = told.mail(person)
        stage.post.reads_well(mail, person, "assignment")
        mine = [session for session in stage.sessions if stage.id_of(person) in session["facilitators"]]
        same_set(
            [(i.method, i.sequence, i.start) for i in mail.invitations],
            [("REQUEST", 0, start_of(session)) for session in mine],
            f"invitations of facilitator {person.employee_id}",
        )
        stage.invited[person.email] = list(mail.invitations)
    names = ", ".join(person.names.latin for person in stage.facilitators)
    return [f"schedule revision {timetable['schedule_revision']}; {names} were told and invited"]


async def open_enrolment(stage: Stage) -> Sequence[str]:
    admin = stage.actor("campus_admin", OWNER)
    path = f"/enrolment/v1/offerings/{stage.offering}"
    opened = await admin.edit(path, "open")
    same(opened.body["state"], "open", "state of the offering")
    return ["enrolment is open"]


async def timetable_of(stage: Stage, offering: str = "", campus: str = OWNER) -> Json:
    """Of the workshop unless another is named. One that scheduling has not heard of yet is an empty one."""
    path = f"/scheduling/v1/offerings/{offering or stage.offering}/timetable"
    try:
        body: Json = (await stage.actor("planner", campus).get(path)).body
    except Refused as refused:
        if refused.status != 404:
            raise
        return {"sessions": [], "unplaced": [], "state": "none"}
    return body


def keep_sessions(stage: Stage, timetable: Json) -> None:
    stage.sessions = sorted(timetable["sessions"], key=lambda session: session["part"])
    ids = dict.fromkeys(id for session in stage.sessions for id in session["facilitators"])
    stage.facilitators = [stage.whose(id) for id in ids]


def start_of(session: Json) -> datetime:
    return datetime.fromisoformat(session["start"])


def end_of(session: Json) -> datetime:
    return datetime.fromisoformat(session["end"])


def _as_planned(stage: Stage) -> None:
    """Days from the wall calendar, times from the course's plan, room and facilitators from the institute."""
    course = stage.institute.course(MASTER_TRAINER)
    campus = stage.institute.campus(OWNER)
    days = working_days(campus, stage.earliest, len(course.parts))
    same([session["part"] for session in stage.sessions], [part.part for part in course.parts], "proposed parts")
    for session, part, day in zip(stage.sessions, course.parts, days, strict=True):
        start = datetime.combine(day, time.fromisoformat(part.start), ZONE)
        same(start_of(session), start, f"start of part {part.part}")
        same(end_of(session), start + timedelta(minutes=part.minutes), f"end of part {part.part}")
        same(len(session["sites"]), 1, f"sites of part {part.part}")
        _fits(stage, session["sites"][0], course.room_features)
        same(len(set(session["facilitators"])), course.facilitators, f"facilitators of part {part.part}")
    qualified = {one.employee_id for one in stage.institute.facilitators if "en" in one.languages}
    for person in stage.facilitators:
        expect(person.employee_id in qualified, f"{person.employee_id} is no facilitator of this course in English")


def _fits(stage: Stage, site: dict[str, Any], features: Sequence[str]) -> None:
    room = next((r for r in stage.institute.rooms if (r.campus, r.label) == (site["campus"], site["room_label"])), None)
    if room is None:
        raise StoryFault(f"there is no room {site['room_label']} at {site['campus']}")
    same(room.campus, OWNER, "campus of the room")
    expect(room.capacity >= sum(SHARES.values()), f"{room.label} is too small for {sum(SHARES.values())} people")
    expect(set(features) <= set(room.features), f"{room.label} lacks one of {features}")


def _line(session: Json) -> str:
    site = session["sites"][0]
    return f"part {session['part']}: {start_of(session).astimezone(ZONE):%a %d %b %Y %H:%M} {site['room_label']}"
