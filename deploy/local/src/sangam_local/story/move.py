"""One session moves to another day: each person concerned hears once, old and new, and is asked whether they come."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sangam_local.institute import Person
from sangam_local.mailbox import Mail
from sangam_local.story.days import working_days
from sangam_local.story.draft import OWNER, end_of, keep_sessions, start_of, timetable_of
from sangam_local.story.fault import expect, same, same_set
from sangam_local.story.stage import Stage
from sangam_local.story.words import ZONE, link_in, names_time

BY_LINK = 6


async def reschedule(stage: Stage) -> Sequence[str]:
    planner = stage.actor("planner", OWNER)
    moved = stage.rng.choice(stage.sessions[1:])
    old = start_of(moved)
    after = max(end_of(session) for session in stage.sessions).astimezone(ZONE).date()
    day = working_days(stage.institute.campus(OWNER), after + timedelta(days=1), 1)[0]
    new = datetime.combine(day, old.astimezone(ZONE).timetz())
    path = f"/scheduling/v1/sessions/{moved['id']}"
    await planner.edit(path, "reschedule", {"start": new.isoformat()})
    keep_sessions(stage, await timetable_of(stage))
    same(start_of(next(s for s in stage.sessions if s["id"] == moved["id"])), new, "new start of the session")

    seated = stage.players.seated
    pending = {**_others(stage), **{person.employee_id: "reconfirm_pending" for person in seated}}
    await stage.until_states(pending, "states after a session moved")
    told = await stage.post.settle("a session moved", mail=[*seated, *stage.facilitators], sms=seated)
    for person in seated:
        mail = told.mail(person)
        _one_change(stage, mail, person, old, new)
        stage.post.sms_reads_well(told.text(person), person, "question whether they come")
        expect(link_in(mail.text), f"the question to {person.employee_id} has no link to answer by")
        stage.links[person.employee_id] = str(link_in(mail.text))
    for person in stage.facilitators:
        _one_change(stage, told.mail(person), person, old, new)
    return [
        f"part {moved['part']}: {old.astimezone(ZONE):%a %d %b %H:%M} → {new:%a %d %b %H:%M}",
        f"{len(seated)} trainees asked by mail and SMS, {len(stage.facilitators)} facilitators told, calendars updated",
    ]


async def reconfirm(stage: Stage) -> Sequence[str]:
    """Some by the link in their mail, the others signed in."""
    seated = stage.players.seated
    languages = {person.languages[0]: person for person in seated}
    by_link = [*languages.values(), *(p for p in seated if p not in languages.values())][:BY_LINK]
    for person in seated:
        if person in by_link:
            path, _, token = stage.links[person.employee_id].partition("?t=")
            await stage.door.acting(None).form(path, t=token, act="reconfirm")
        else:
            path = f"/enrolment/v1/enrolments/{stage.enrolments[person.employee_id]}"
            await stage.person(person).post(f"{path}/reconfirm")
    confirmed = {**_others(stage), **{person.employee_id: "confirmed" for person in seated}}
    await stage.until_states(confirmed, "states after everybody answered")
    await stage.post.settle("after the answers")
    return [f"{len(by_link)} answered by link, {len(seated) - len(by_link)} signed in; nobody was written to again"]


def _one_change(stage: Stage, mail: Mail, person: Person, old: datetime, new: datetime) -> None:
    """One mail, naming old and new time, whose calendar part replaces the item that the person already holds."""
    language = person.languages[0]
    stage.post.reads_well(mail, person, "change of a session")
    expect(names_time(mail.text, old, language), f"the mail to {person.employee_id} does not name the old time")
    expect(names_time(mail.text, new, language), f"the mail to {person.employee_id} does not name the new time")
    held = {invitation.uid: invitation for invitation in stage.invited[person.email]}
    stale = next(invitation for invitation in held.values() if invitation.start == old)
    same([i.uid for i in mail.invitations], [stale.uid], f"calendar items updated for {person.employee_id}")
    update = mail.invitations[0]
    same((update.method, update.start), ("REQUEST", new), f"calendar update of {person.employee_id}")
    expect(update.sequence > stale.sequence, f"SEQUENCE of {update.uid} did not rise: {update.sequence}")
    stage.invited[person.email] = [*(i for i in held.values() if i != stale), update]
    same_set(
        [i.start for i in stage.invited[person.email]],
        [
            start_of(s)
            for s in stage.sessions
            if person in stage.players.seated or stage.id_of(person) in s["facilitators"]
        ],
        f"what the calendar of {person.employee_id} holds now",
    )


def _others(stage: Stage) -> dict[str, str]:
    cast = stage.players
    return {
        cast.leaves.employee_id: "withdrawn",
        **{person.employee_id: "waitlisted" for person in cast.left_waiting},
    }
