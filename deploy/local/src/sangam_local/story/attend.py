"""Days pass: the queue lapses at the start, attendance is taken, and from it follow completions and certificates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sangam_local.institute import Person
from sangam_local.institute.courses import MASTER_TRAINER
from sangam_local.story.draft import OWNER, end_of, start_of
from sangam_local.story.fault import expect, same, same_set
from sangam_local.story.stage import Json, Stage


@dataclass(frozen=True, slots=True)
class Marks:
    """Who was not simply there. By C-01 only `absent`, missing a mandatory part, does not complete."""

    absent: Person
    late: Person
    partial: Person
    excused: Person

    def of(self, person: Person, part: int, mandatory: bool, minutes: int) -> Json:
        if person == self.absent and part == 1:
            return {"status": "absent"}
        if person == self.late and part == 2:
            return {"status": "late"}
        if person == self.partial and part == 1:
            return {"status": "partial", "minutes": minutes - minutes // 6}
        if person == self.excused and not mandatory:
            return {"status": "excused"}
        return {"status": "present"}


async def start(stage: Stage) -> Sequence[str]:
    """The first session begins; who still waits hears once that it is over."""
    first = min(stage.sessions, key=start_of)
    await stage.pass_time(start_of(first) + timedelta(minutes=5))
    lapsed = stage.players.left_waiting
    states = {person.employee_id: "confirmed" for person in stage.players.seated}
    states |= {stage.players.leaves.employee_id: "withdrawn"}
    states |= {person.employee_id: "lapsed" for person in lapsed}
    await stage.until_states(states, "states after the start")
    told = await stage.post.settle("the end of the queue", mail=lapsed)
    for person in lapsed:
        stage.post.reads_well(told.mail(person), person, "end of the queue")
        same(told.mail(person).invitations, (), f"invitations of {person.employee_id}, who never had a seat")
    return [f"{len(lapsed)} who waited were told"]


async def take_attendance(stage: Stage) -> Sequence[str]:
    """By the facilitator of each session, after its end; the roster is who holds a seat."""
    seated = stage.players.seated
    marks = Marks(*stage.rng.sample(seated, k=4))
    ids = [stage.id_of(person) for person in seated]
    for session in sorted(stage.sessions, key=start_of):
        await stage.pass_time(end_of(session) + timedelta(minutes=10))
        facilitator = stage.person(stage.whose(session["facilitators"][0]), "facilitator")
        path = f"/scheduling/v1/sessions/{session['id']}"
        await _roster(stage, path, ids)
        minutes = (end_of(session) - start_of(session)) // timedelta(minutes=1)
        body: list[dict[str, Any]] = [
            {"person_id": stage.id_of(p), **marks.of(p, session["part"], session["mandatory"], minutes)} for p in seated
        ]
        await facilitator.post(f"{path}/attendance", {"marks": body})
    stage.certified = [person for person in seated if person != marks.absent]
    states = {person.employee_id: "certified" for person in stage.certified}
    states |= {marks.absent.employee_id: "not_completed", stage.players.leaves.employee_id: "withdrawn"}
    states |= {person.employee_id: "lapsed" for person in stage.players.left_waiting}
    await stage.until_states(states, "outcomes after the last session")
    return [
        "one missed a mandatory session; one was late, one stayed for most of a day, one was excused from practice",
        f"{len(stage.certified)} completed and certified, 1 not completed",
    ]


async def certify(stage: Stage) -> Sequence[str]:
    """Each certificate reaches its holder and verifies for anybody who has its code."""
    told = await stage.post.settle("certificates", mail=stage.certified)
    issued = await stage.actor("institute_coordinator").all("/enrolment/v1/certificates", offering_id=stage.offering)
    same_set([one["person_id"] for one in issued], [stage.id_of(p) for p in stage.certified], "holders of certificates")
    codes = {one["person_id"]: one["code"] for one in issued}
    same(len(set(codes.values())), len(codes), "different certificate codes")
    anybody = stage.door.acting(None)
    for person in stage.certified:
        mail, code = told.mail(person), codes[stage.id_of(person)]
        stage.post.reads_well(mail, person, "certificate")
        expect(re.search(rf"(?<!\w){re.escape(code)}(?!\w)", mail.text), f"{person.employee_id} was not told the code")
        verified = (await anybody.get("/enrolment/v1/certificates/verify", code=code)).body
        same((verified["valid"], verified["course_code"]), (True, MASTER_TRAINER), "what the code verifies")
    return [f"{len(codes)} certificates, each verified by its code without signing in"]


async def _roster(stage: Stage, path: str, ids: Sequence[str]) -> None:
    admin = stage.actor("campus_admin", OWNER)

    async def complete() -> bool | None:
        roster = await admin.all(f"{path}/roster")
        return True if sorted(entry["person_id"] for entry in roster) == sorted(ids) else None

    await stage.wait(complete, "the roster names exactly those who hold a seat")
