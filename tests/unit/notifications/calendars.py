"""What calendars hold after all that was sent to their owners."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from .world import World, invitations


class Held(NamedTuple):
    """One entry of a calendar, after all that was sent to its owner: RFC 5546, the highest SEQUENCE counts."""

    session: UUID
    start: datetime


def calendars(world: World) -> dict[UUID, set[Held]]:
    newest: dict[str, tuple[int, str, datetime]] = {}
    for mail in world.mailbox.mails:
        for calendar in invitations(mail):
            [event] = calendar.walk("VEVENT")
            said = (int(event["SEQUENCE"]), str(calendar["METHOD"]), event.decoded("DTSTART"))
            newest[str(event["UID"])] = max(said, newest.get(str(event["UID"]), said))
    held: dict[UUID, set[Held]] = defaultdict(set)
    for uid, (_, method, start) in newest.items():
        session, _, person = uid.removesuffix("@sangam").partition(".")
        if method == "REQUEST":
            held[UUID(person)].add(Held(UUID(session), start))
    return held


async def quiet(world: World) -> None:
    """Everything that waits is looked at once more; nothing waits for ever."""
    await world.send()
    await world.later(timedelta(seconds=11))
    assert not [row for row in world.database.collections["deliveries"].values() if row["state"] in ("due", "waiting")]
