"""The whole story again, from the catchers and the ledger: nothing is under way, nothing came twice."""

from collections import Counter
from collections.abc import Sequence

from sangam_local.story.fault import expect, same, same_set
from sangam_local.story.report import StoryReport
from sangam_local.story.stage import Stage


async def nothing_twice(stage: Stage, report: StoryReport) -> Sequence[str]:
    """A mail may repeat only under its own Message-ID and only where the ledger shows a lost answer (M-12)."""
    notices = await stage.ledger()
    await stage.post.settle("at the end")
    mails, texts = await stage.post.mailbox.messages(), await stage.post.smsbox.messages()
    keys = Counter((n["person_id"], n["purpose"], n["subject"], n["revision"]) for n in notices)
    expect(
        not [key for key, count in keys.items() if count > 1], "a notice exists twice for one recipient and revision"
    )
    same(len({sms.reference for sms in texts}), len(texts), "SMS references, each once")
    same(len({(sms.to, sms.text) for sms in texts}), len(texts), "SMS of the same text to the same phone, each once")

    deliveries = [delivery for notice in notices for delivery in notice["deliveries"]]
    lost = Counter(
        {
            d["provider_reference"]: d["lost_answers"]
            for d in deliveries
            if d["channel"] == "email" and d["lost_answers"]
        }
    )
    for mail in stage.post.repeats:
        lost[mail.message_id] -= 1
        expect(lost[mail.message_id] >= 0, f"“{mail.subject}” came again, but the ledger knows of no lost answer")
    sent = {d["provider_reference"] for d in deliveries if d["channel"] == "email" and d["state"] == "sent"}
    same_set(sorted({mail.message_id for mail in mails}), sent, "mails in the mailbox that the ledger calls sent")
    same(sum(d["channel"] == "sms" and d["state"] == "sent" for d in deliveries), len(texts), "SMS in the ledger")
    report.offering, report.label = stage.offering, stage.label
    report.outcome = await stage.states()
    report.mails, report.sms, report.repeated = len(sent), len(texts), len(stage.post.repeats)
    return [
        f"{report.mails} mails and {report.sms} SMS, each once"
        + (f"; {report.repeated} repeated after a lost answer" if report.repeated else "")
    ]
