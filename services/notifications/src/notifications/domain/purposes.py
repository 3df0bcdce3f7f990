"""THE table of what we write about: channels, class, subject, when it is still true and when it becomes useless."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from notifications.domain.copies import SEATED
from notifications.domain.links import Action
from notifications.domain.words import Channel

Subject = Literal["enrolment", "session", "offering", "certificate"]
Sessions = Literal["none", "shown", "invited", "changed", "cancelled"]

MAIL: tuple[Channel, ...] = ("email",)
MAIL_AND_SMS: tuple[Channel, ...] = ("email", "sms")
MONTH, FORTNIGHT = timedelta(days=30), timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """`still` are the enrolment states in which it is true (M-02); `useful` is how long after the fact it may go out
    when the fact names no deadline; `until` ends that earlier; `sessions` says which it speaks of, and how."""

    useful: timedelta
    channels: tuple[Channel, ...] = MAIL
    subject: Subject = "enrolment"
    still: frozenset[str] = frozenset()
    latest_only: bool = True
    until: Literal["start", "end"] | None = None
    sessions: Sessions = "none"
    action: Action | None = None
    about_others: bool = False
    survives_cancellation: bool = False
    segments: int = 3


PURPOSES: Mapping[str, Purpose] = {
    "nominated": Purpose(useful=MONTH, still=frozenset({"nominated"}), until="start", sessions="shown"),
    "approval_asked": Purpose(
        useful=FORTNIGHT, still=frozenset({"requested"}), until="start", sessions="shown", about_others=True
    ),
    "waitlisted": Purpose(useful=MONTH, still=frozenset({"waitlisted"}), until="start", sessions="shown"),
    "confirmed": Purpose(useful=MONTH, channels=MAIL_AND_SMS, still=SEATED, until="end", sessions="invited"),
    # The link alone is longer than three UCS-2 segments (M-07), hence their own limit.
    "offered": Purpose(
        useful=MONTH,
        channels=MAIL_AND_SMS,
        still=frozenset({"offered"}),
        until="start",
        sessions="shown",
        action="offer",
        segments=6,
    ),
    "offer_expired": Purpose(useful=MONTH, still=frozenset({"waitlisted", "lapsed"}), until="start"),
    "withdrawn": Purpose(
        useful=MONTH, still=frozenset({"withdrawn"}), sessions="cancelled", survives_cancellation=True
    ),
    "withdrawn_nominator": Purpose(
        useful=MONTH,
        still=frozenset({"withdrawn", "declined"}),
        latest_only=False,
        about_others=True,
        survives_cancellation=True,
    ),
    "declined": Purpose(useful=MONTH, still=frozenset({"declined"}), survives_cancellation=True),
    "lapsed": Purpose(useful=MONTH, still=frozenset({"lapsed"}), sessions="cancelled", survives_cancellation=True),
    "reconfirm_asked": Purpose(
        useful=MONTH,
        channels=MAIL_AND_SMS,
        still=frozenset({"reconfirm_pending"}),
        until="end",
        sessions="changed",
        action="reconfirm",
        segments=6,
    ),
    "session_rescheduled": Purpose(
        useful=MONTH, subject="session", still=SEATED, latest_only=False, until="end", sessions="changed"
    ),
    "session_cancelled": Purpose(
        useful=MONTH, channels=MAIL_AND_SMS, subject="session", still=SEATED, latest_only=False, sessions="cancelled"
    ),
    "offering_cancelled": Purpose(
        useful=MONTH,
        channels=MAIL_AND_SMS,
        subject="offering",
        latest_only=False,
        sessions="cancelled",
        survives_cancellation=True,
    ),
    "assigned": Purpose(useful=MONTH, subject="offering", latest_only=False, until="end", sessions="invited"),
    "certificate_issued": Purpose(useful=MONTH, subject="certificate", latest_only=False, survives_cancellation=True),
}
SERVICE_CLASS = "mandatory"  # M-09: all of these confirm, change, cancel, offer or ask for approval
