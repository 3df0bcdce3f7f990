"""All that becomes due by itself: what to look for, and the command that looks again and does it."""

from datetime import timedelta

from common.timers import Timer
from enrolment.application.commands_erasure import settle_erasure
from enrolment.application.commands_imports import advance_job
from enrolment.application.commands_offerings import close_window, release_shares
from enrolment.application.commands_offers import expire_offer
from enrolment.application.commands_reconfirmation import end_silence
from enrolment.application.ports import Due, EnrolmentTransaction
from enrolment.application.running import go_on, start_offering

SOON, OFTEN = timedelta(seconds=0.5), timedelta(seconds=1)


def timers(due: Due) -> list[Timer[EnrolmentTransaction]]:
    """Every worker runs them all; each item is decided again inside its own transaction."""
    return [
        Timer("jobs", SOON, due.chunks_to_advance, advance_job),
        Timer("offers", OFTEN, due.offers_past_deadline, expire_offer),
        Timer("reconfirmations", OFTEN, due.questions_past_deadline, end_silence),
        Timer("windows", OFTEN, due.windows_to_close, close_window),
        Timer("shares", OFTEN, due.shares_to_release, release_shares),
        Timer("starts", OFTEN, due.offerings_to_start, start_offering),
        Timer("erasures", OFTEN, due.erasures_to_settle, settle_erasure),
        Timer("follow-ups", SOON, due.follow_ups, go_on),
    ]
