"""The whole story again, from the catchers and the ledger: nothing is under way, nothing came twice."""

from collections import Counter
from collections.abc import Collection, Sequence

from sangam_local.mailbox import Mail
from sangam_local.story.fault import expect, same, same_set
from sangam_local.story.report import StoryReport
from sangam_local.story.stage import Json, Stage


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
    by_mail = [delivery for delivery in deliveries if delivery["channel"] == "email"]
    by_sms = [delivery for delivery in deliveries if delivery["channel"] == "sms"]
    lost = Counter({delivery["reference"]: delivery["lost_answers"] for delivery in by_mail})
    for mail in stage.post.repeats:
        lost[_reference(mail)] -= 1
        expect(lost[_reference(mail)] >= 0, f"“{mail.subject}” came again, but the ledger knows of no lost answer")
    agree(by_mail, {_reference(mail) for mail in mails}, "mails in the mailbox that the ledger calls sent")
    agree(by_sms, {sms.reference for sms in texts}, "SMS on the phones that the ledger calls sent")
    report.offering, report.label = stage.offering, stage.label
    report.outcome = await stage.states()
    report.mails, report.sms = len({mail.message_id for mail in mails}), len(texts)
    report.repeated = len(stage.post.repeats)
    return [
        f"{report.mails} mails and {report.sms} SMS, each once"
        + (f"; {report.repeated} repeated after a lost answer" if report.repeated else "")
    ]


def agree(deliveries: Sequence[Json], arrived: Collection[str], what: str) -> None:
    """What the ledger calls sent has arrived, and nothing else has but a message whose lost answer the ledger shows:
    its sender was killed after handing it over, and before the next attempt it was not true any more."""
    sent = {delivery["reference"] for delivery in deliveries if delivery["state"] == "sent"}
    in_doubt = {delivery["reference"] for delivery in deliveries if delivery["lost_answers"]} - sent
    same_set(sorted(set(arrived) - in_doubt), sent, what)


def _reference(mail: Mail) -> str:
    return mail.message_id.removeprefix("<").partition("@")[0]
