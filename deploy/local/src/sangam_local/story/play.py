"""Plays all steps in order and tells what each found; a watcher may disturb the system at any step."""

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import httpx

from sangam_local.client import Gateway
from sangam_local.institute import Institute
from sangam_local.mailbox import Mailbox
from sangam_local.seed import Seeded
from sangam_local.smsbox import SmsBox
from sangam_local.story import attend, cascade, draft, ending, leave, move, nominate
from sangam_local.story.post import Post
from sangam_local.story.report import StepReport, StoryReport
from sangam_local.story.stage import DomainClock, Signer, Stage

Step = Callable[[Stage], Awaitable[Sequence[str]]]
OnStep = Callable[[int, str], Awaitable[None]]
Tell = Callable[[StepReport], None]

STEPS: Sequence[tuple[str, Step]] = (
    ("People are chosen", draft.choose_people),
    ("A master-trainer workshop is drafted", draft.draft_workshop),
    ("Sessions are proposed on working days", draft.propose_sessions),
    ("The timetable is released", draft.release),
    ("Enrolment opens", draft.open_enrolment),
    ("A file nominates", nominate.nominate_by_file),
    ("Supervisors are asked", nominate.ask_supervisors),
    ("Supervisors approve", nominate.approve),
    ("Everybody hears, in three languages", nominate.tell_everybody),
    ("One person withdraws", leave.withdraw),
    ("The head of the queue accepts the offer by its link", leave.accept_offer),
    ("One session moves to another day", move.reschedule),
    ("Everybody reconfirms", move.reconfirm),
    ("The workshop starts", attend.start),
    ("Attendance is taken", attend.take_attendance),
    ("Certificates go out", attend.certify),
    ("The certified become facilitators", cascade.become_facilitators),
    ("The cascaded course is drafted at Karaikal", cascade.draft_cascade),
)
LAST = "Nothing is missing and nothing came twice"
TITLES = (*(title for title, _ in STEPS), LAST)


async def play(
    *,
    institute: Institute,
    seeded: Seeded,
    door: Gateway,
    mailbox: str,
    sms: str,
    clock: DomainClock,
    sign: Signer,
    seed: int = 0,
    patience: float = 60.0,
    on_step: OnStep | None = None,
    tell: Tell = lambda _: None,
) -> StoryReport:
    """`mailbox` and `sms` are the catchers' URLs, `on_step` is awaited before each step. Raises StoryFault."""
    async with httpx.AsyncClient(base_url=mailbox, timeout=30) as mails, httpx.AsyncClient(base_url=sms) as texts:
        stage = Stage(
            institute=institute,
            seeded=seeded,
            door=door,
            post=Post(Mailbox(mails), SmsBox(texts), patience),
            clock=clock,
            sign=sign,
            rng=random.Random(seed),  # noqa: S311 - repeatable on purpose, nothing secret
            patience=patience,
        )
        report = StoryReport()
        steps: list[tuple[str, Step]] = [*STEPS, (LAST, partial(ending.nothing_twice, report=report))]
        for number, (title, step) in enumerate(steps):
            if on_step is not None:
                await on_step(number, title)
            started = time.monotonic()
            found = await step(stage)
            report.steps.append(StepReport(title, found, time.monotonic() - started))
            tell(report.steps[-1])
    return report
