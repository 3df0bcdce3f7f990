"""One gives up a seat; the head of that share's queue is offered it, opens the link and accepts."""

from collections.abc import Sequence

from sangam_local.story.fault import expect, same, same_set
from sangam_local.story.nominate import check_confirmation
from sangam_local.story.stage import Stage
from sangam_local.story.words import link_in


async def withdraw(stage: Stage) -> Sequence[str]:
    """The person's calendar is cleared, who nominated them is told, and nobody else but the one who moves up."""
    cast = stage.players
    leaves, promoted = cast.leaves, cast.promoted
    nominator = stage.who(stage.institute.actor("institute_coordinator").employee_id)
    path = f"/enrolment/v1/enrolments/{stage.enrolments[leaves.employee_id]}"
    await stage.person(leaves).post(f"{path}/withdraw", {"reason": "On duty that week"})
    await stage.until_states(_states_after_leaving(stage), "states after one withdrew")

    told = await stage.post.settle("withdrawal and offer", mail=[leaves, nominator, promoted], sms=[promoted])
    mail = told.mail(leaves)
    stage.post.reads_well(mail, leaves, "withdrawal")
    before = {invitation.uid: invitation for invitation in stage.invited[leaves.email]}
    same_set([i.uid for i in mail.invitations], list(before), f"calendar items cancelled for {leaves.employee_id}")
    for cancelled in mail.invitations:
        same(cancelled.method, "CANCEL", "method of a cancellation")
        expect(cancelled.sequence > before[cancelled.uid].sequence, f"SEQUENCE of {cancelled.uid} did not rise")
    stage.post.reads_well(told.mail(nominator), nominator, "withdrawal of a nominee")

    offer = told.mail(promoted)
    stage.post.reads_well(offer, promoted, "offer")
    stage.post.sms_reads_well(told.text(promoted), promoted, "offer")
    same(offer.invitations, (), "invitations in an offer that nobody has accepted")
    link = link_in(offer.text)
    expect(link, "the offer by mail has no link to answer by")
    expect(link_in(told.text(promoted).text), "the offer by SMS has no link to answer by")
    stage.links["offer"] = str(link)
    return [f"{leaves.campus}: one seat given up, the calendar cleared, the head of the queue has an offer"]


async def accept_offer(stage: Stage) -> Sequence[str]:
    """Opening the link acts on nothing, for mail scanners open links too; its button does."""
    cast = stage.players
    promoted, link = cast.promoted, stage.links["offer"]
    visitor = stage.door.acting(None)
    for _ in range(2):
        page = await visitor.get(link)
        expect("<form" in str(page.body) and "<button" in str(page.body), "the link shows no page with buttons")
    same(await stage.states(), _states_after_leaving(stage), "states after the link was only opened")

    path, _, token = link.partition("?t=")
    await visitor.form(path, t=token, act="accept")
    expected = {**_states_after_leaving(stage), promoted.employee_id: "confirmed"}
    await stage.until_states(expected, "states after the offer was accepted")
    await visitor.form(path, t=token, act="accept")
    told = await stage.post.settle("confirmation after an offer", mail=[promoted], sms=[promoted])
    check_confirmation(stage, told.mail(promoted), promoted)
    stage.post.sms_reads_well(told.text(promoted), promoted, "confirmation")
    same(sum(state == "confirmed" for state in (await stage.states()).values()), len(cast.seated), "confirmed people")
    return ["opened twice, accepted twice, confirmed once: every seat is taken again"]


def _states_after_leaving(stage: Stage) -> dict[str, str]:
    cast = stage.players
    states = {person.employee_id: "confirmed" for person in cast.confirmed}
    states |= {person.employee_id: "waitlisted" for person in cast.left_waiting}
    return {**states, cast.leaves.employee_id: "withdrawn", cast.promoted.employee_id: "offered"}
