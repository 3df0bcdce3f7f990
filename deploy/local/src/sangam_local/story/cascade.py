"""Who was certified may now teach: the cascaded course at Karaikal is drafted with one of them."""

from collections.abc import Sequence
from datetime import timedelta

from sangam_local.institute.courses import CASCADED, MASTER_TRAINER
from sangam_local.story.days import works
from sangam_local.story.draft import start_of, timetable_of
from sangam_local.story.fault import expect, same
from sangam_local.story.stage import Json, Stage
from sangam_local.story.words import ZONE

CAMPUS = "karaikal"


async def become_facilitators(stage: Stage) -> Sequence[str]:
    coordinator = stage.actor("institute_coordinator")
    wanted = {stage.id_of(person): person for person in stage.certified}

    async def qualified() -> dict[str, Json] | None:
        rows = await coordinator.all("/scheduling/v1/facilitators", course=stage.seeded.courses[CASCADED])
        found = {row["person_id"]: row for row in rows}
        known = {person_id for person_id, row in found.items() if row["campus"]}  # the directory's word may come later
        return found if wanted.keys() <= known else None

    found = await stage.wait(qualified, "the certified are facilitators of the cascaded course")
    for person_id, person in wanted.items():
        same(found[person_id]["campus"], person.campus, f"campus of facilitator {person.employee_id}")
    known = {stage.id_of(stage.who(employee_id)) for employee_id in stage.certified_before} | wanted.keys()
    expect(
        found.keys() <= known, f"{len(found.keys() - known)} facilitators of the cascaded course were never certified"
    )
    return [f"{len(wanted)} new facilitators of {CASCADED}, {len(found)} in all"]


async def draft_cascade(stage: Stage) -> Sequence[str]:
    now = stage.clock.now()
    today = now.astimezone(ZONE).date()
    admin = stage.actor("campus_admin", CAMPUS)
    drafted = await admin.post(
        "/enrolment/v1/offerings",
        {
            "course_id": stage.seeded.courses[CASCADED],
            "label": stage.label.replace(MASTER_TRAINER, CASCADED),
            "owner_campus": CAMPUS,
            "language": "ta",
            "shares": {CAMPUS: 25},
            "earliest_start": (today + timedelta(days=10)).isoformat(),
            "window_opens": now.isoformat(),
            "window_closes": (now + timedelta(days=6)).isoformat(),
            "cutoff": (today + timedelta(days=8)).isoformat(),
            "approval": "none",
        },
    )

    async def proposed() -> Json | None:
        timetable = await timetable_of(stage, drafted.body["id"], CAMPUS)
        return timetable if timetable["sessions"] or timetable["unplaced"] else None

    timetable = await stage.wait(proposed, "scheduling proposes the cascaded course")
    same(timetable["unplaced"], [], "parts of the cascaded course that found no place")
    same(len(timetable["sessions"]), 1, "sessions of the cascaded course")
    session = timetable["sessions"][0]
    day = start_of(session).astimezone(ZONE).date()
    expect(works(stage.institute.campus(CAMPUS), day), f"{day} is no working day at {CAMPUS}")
    teacher = stage.whose(session["facilitators"][0])
    certified = stage.certified_before | {person.employee_id for person in stage.certified}
    expect(teacher.employee_id in certified, f"{teacher.employee_id} teaches {CASCADED} without a certificate")
    same(
        (teacher.campus, "ta" in teacher.languages),
        (CAMPUS, True),
        "the teacher's campus, and whether they speak Tamil",
    )
    return [f"{CASCADED} at {CAMPUS} on {day:%a %d %b}, in Tamil, by {teacher.names.latin}, who was certified here"]
