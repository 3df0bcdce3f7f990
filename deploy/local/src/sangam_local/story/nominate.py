"""A file nominates, supervisors approve, and everybody is told what became of it, in their language."""

from collections import Counter
from collections.abc import Sequence

from sangam_local.institute import Person
from sangam_local.mailbox import Mail
from sangam_local.story.draft import end_of, start_of
from sangam_local.story.fault import expect, same, same_set
from sangam_local.story.stage import Json, Stage


async def nominate_by_file(stage: Stage) -> Sequence[str]:
    coordinator = stage.actor("institute_coordinator")
    cast = stage.players
    path = f"/enrolment/v1/offerings/{stage.offering}/nominations/imports"
    started = await coordinator.post(path, csv=cast.csv())
    job_path = started.location or f"/enrolment/v1/jobs/{started.body['id']}"

    async def finished() -> Json | None:
        job: Json = (await coordinator.get(job_path)).body
        return job if job["state"] == "done" else None

    job = await stage.wait(finished, "the file of nominations is read")
    bad = {number: row.problem for number, row in enumerate(cast.rows, start=1) if row.problem}
    same(
        (job["total"], job["accepted"], job["refused"]),
        (len(cast.rows), len(cast.nominees), len(bad)),
        "rows (all, good, bad)",
    )
    refused = await coordinator.all(f"{job_path}/rows", outcome="refused")
    same({row["row"]: row["problem"].rsplit("/", 1)[-1] for row in refused}, bad, "refused rows and why")
    await stage.until_states({person.employee_id: "requested" for person in cast.nominees}, "states after the file")
    items = await coordinator.all(f"/enrolment/v1/offerings/{stage.offering}/enrolments")
    stage.enrolments = {stage.whose(item["person_id"]).employee_id: item["id"] for item in items}
    return [f"{job['accepted']} accepted", *(f"row {number} refused: {problem}" for number, problem in bad.items())]


async def ask_supervisors(stage: Stage) -> Sequence[str]:
    """Each supervisor hears of exactly their own people, by mail and in their list."""
    supervisors = Counter(person.supervisor for person in stage.players.nominees)
    told = await stage.post.settle("approvals asked for", mail=[stage.who(id) for id in supervisors.elements()])
    for employee_id in supervisors:
        supervisor = stage.who(employee_id)
        for mail in told.mails[supervisor.email]:
            stage.post.reads_well(mail, supervisor, "request for approval")
            same(mail.invitations, (), "invitations in a request for approval")
        theirs = [p for p in stage.players.nominees if p.supervisor == employee_id]
        waiting = await stage.person(supervisor, "supervisor").all("/enrolment/v1/approvals")
        mine = [item["person_id"] for item in waiting if item["offering_id"] == stage.offering]
        same_set(mine, [stage.id_of(person) for person in theirs], f"approvals waiting for {employee_id}")
    return [f"{supervisors.total()} requests to {len(supervisors)} supervisors"]


async def approve(stage: Stage) -> Sequence[str]:
    """In the order of the story, which is not the order of the file."""
    cast = stage.players
    for person in cast.approvals:
        supervisor = stage.who(person.supervisor)
        path = f"/enrolment/v1/enrolments/{stage.enrolments[person.employee_id]}"
        await stage.person(supervisor, "supervisor").post(f"{path}/approve")
    expected = {person.employee_id: "confirmed" for person in cast.confirmed}
    expected |= {person.employee_id: "waitlisted" for queue in cast.waiting.values() for person in queue}
    await stage.until_states(expected, "states after the approvals")
    await _ranks(stage)
    waiting = ", ".join(f"{share} {len(queue)}" for share, queue in cast.waiting.items())
    return [f"{len(cast.confirmed)} confirmed", f"waiting: {waiting}"]


async def tell_everybody(stage: Stage) -> Sequence[str]:
    """Confirmed: mail with invitations, and SMS. Waiting: mail only, nothing for the calendar (M-10)."""
    cast = stage.players
    waiting = [person for queue in cast.waiting.values() for person in queue]
    told = await stage.post.settle("confirmations", mail=[*cast.confirmed, *waiting], sms=cast.confirmed)
    for person in cast.confirmed:
        check_confirmation(stage, told.mail(person), person)
        stage.post.sms_reads_well(told.text(person), person, "confirmation")
    for person in waiting:
        mail = told.mail(person)
        stage.post.reads_well(mail, person, "place in the queue")
        same(mail.invitations, (), f"invitations of {person.employee_id}, who is waiting")
    uids = [invitation.uid for invitations in stage.invited.values() for invitation in invitations]
    same(len(uids), len(set(uids)), "calendar UIDs, each once")
    languages = Counter(person.languages[0] for person in cast.confirmed)
    same(sorted(languages), ["en", "hi", "ta"], "languages among the confirmed")
    by_language = ", ".join(f"{count} {code}" for code, count in sorted(languages.items()))
    return [
        f"{len(cast.confirmed)} confirmations with invitations and SMS: {by_language}",
        f"{len(waiting)} told that they wait",
    ]


def check_confirmation(stage: Stage, mail: Mail, person: Person) -> None:
    stage.post.reads_well(mail, person, "confirmation")
    same_set(
        [(i.method, i.sequence, i.start, i.end) for i in mail.invitations],
        [("REQUEST", 0, start_of(session), end_of(session)) for session in stage.sessions],
        f"invitations of {person.employee_id}",
    )
    for invitation in mail.invitations:
        same(invitation.attendees, (person.email,), f"attendees that {person.employee_id} can see")
    expect(person.email not in stage.invited, f"{person.employee_id} was invited twice")
    stage.invited[person.email] = list(mail.invitations)


async def _ranks(stage: Stage) -> None:
    """E-01, E-07: the order of the file, whatever the order of the approvals."""
    coordinator = stage.actor("institute_coordinator")
    items = await coordinator.all(f"/enrolment/v1/offerings/{stage.offering}/enrolments", state="waitlisted")
    ranks = {stage.whose(item["person_id"]).employee_id: item["rank"] for item in items}
    for share, queue in stage.players.waiting.items():
        found = [ranks[person.employee_id] for person in queue]
        same(found, list(range(1, len(queue) + 1)), f"ranks in the queue of {share}, in the order of the file")
