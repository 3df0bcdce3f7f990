"""Handing over in two transactions: claim what is due, after a re-check; record how it went. Between them, no lock.

A row is one sender's from claim to record. If its sender falls silent for a lease, the answer counts as lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from notifications.application.compose import compose
from notifications.application.dossiers import dossier, read_ahead, told_by
from notifications.application.letter import Letter
from notifications.application.ports import LinkSigner, NotificationsTransaction
from notifications.domain.calendar_item import CalendarItem
from notifications.domain.delivery import Delivery, delivery_id, in_order
from notifications.domain.dossier import Dossier
from notifications.domain.purposes import PURPOSES
from notifications.domain.recheck import Drop, Wait, recheck
from notifications.domain.saying import given_up, say

Attempt = tuple[str, int]
ORDER = (("next_at", 1), ("created_at", 1))


@dataclass(frozen=True, slots=True)
class ClaimDue:
    """`real_now` is real time: leases and pauses follow no offset. `under_way` are the attempts that this sender knows
    to be its own, `lapsed` those whose sender fell silent; `look_at_waiting`: something arrived."""

    owner: str
    limit: int
    real_now: datetime
    signer: LinkSigner
    public_url: str
    under_way: frozenset[Attempt] = frozenset()
    lapsed: frozenset[Attempt] = frozenset()
    look_at_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    delivery: Delivery
    letter: Letter
    seen_by: tuple[str, ...]

    @property
    def attempt(self) -> Attempt:
        return self.delivery.id, self.delivery.attempts


@dataclass(frozen=True, slots=True)
class Claims:
    """`others` are attempts under way elsewhere, or claimed by a commit whose answer was lost: their lease is watched.
    `more`: there was not room for all; `behind`: some stand behind others, or there was not room for them."""

    mine: tuple[Claimed, ...]
    others: frozenset[Attempt]
    waiting: bool
    more: bool
    behind: bool


async def claim_due(command: ClaimDue, tx: NotificationsTransaction) -> Claims:
    """Each due delivery is re-checked (M-02): dropped, left waiting, or claimed with what it will say."""
    rows = await tx.deliveries.head(order=ORDER, limit=4 * command.limit, open=True)
    if command.look_at_waiting:
        rows += await tx.deliveries.head(order=ORDER, limit=4 * command.limit, open=True, state="waiting")
    rows = _with_lapsed(rows, command, tx)
    lines = _due(rows, command)
    chosen = lines[: command.limit]
    await read_ahead([delivery for line in chosen for delivery in line], tx)

    mine, settled, behind = [], [], len(lines) > len(chosen)
    seen_by: dict[UUID, tuple[str, ...]] = {}
    for line in chosen:
        for number, delivery in enumerate(line, 1):
            known = await dossier(delivery, tx)
            verdict = recheck(delivery, known, tx.now, impatient=delivery.impatient(command.real_now))
            seen_by[delivery.notice_id] = tuple(known.seen_by)
            if isinstance(verdict, Drop):
                settled.append(tx.deliveries.save(delivery.drop(verdict.reason)))
                _doubt(delivery, known.items, tx)
            elif isinstance(verdict, Wait):
                settled.append(tx.deliveries.save(delivery.wait(verdict.what, command.real_now)))
            else:
                mine.append(_claim(delivery, known, command, tx))
                behind = behind or number < len(line)
                break
    await _settle(settled, seen_by, tx)
    return Claims(
        mine=tuple(mine),
        others=frozenset((d.id, d.attempts) for d in rows if d.state == "sending") - command.under_way,
        waiting=any(delivery.state == "waiting" for delivery in settled),
        more=len(lines) > len(chosen),
        behind=behind,
    )


def _claim(delivery: Delivery, known: Dossier, command: ClaimDue, tx: NotificationsTransaction) -> Claimed:
    saying = say(delivery, known, tx.now)
    for item in saying.items:
        tx.items.save(item)
    claimed = tx.deliveries.save(delivery.claim(command.owner, saying.said))
    letter = compose(claimed, saying.said, known, command.signer, command.public_url)
    return Claimed(claimed, letter, tuple(known.seen_by))


def _doubt(delivery: Delivery, items: Mapping[UUID, CalendarItem], tx: NotificationsTransaction) -> None:
    for item in given_up(delivery, items):
        tx.items.save(item)


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt ended. `reference` is the provider's, `reason` a code for the ledger."""

    claimed: Claimed
    outcome: Literal["sent", "again", "lost", "failed"]
    reason: str = ""
    reference: str = ""
    jitter: float = 0.0


@dataclass(frozen=True, slots=True)
class RecordResults:
    owner: str
    real_now: datetime
    results: tuple[Result, ...]


async def record_results(command: RecordResults, tx: NotificationsTransaction) -> None:
    """An attempt that is not ours any more is left to whoever took it over."""
    rows = await tx.deliveries.get_many(result.claimed.delivery.id for result in command.results)
    settled, seen_by = [], {}
    for result in command.results:
        row = rows.get(result.claimed.delivery.id)
        if row and (row.state, row.owner, row.attempts) == ("sending", command.owner, result.claimed.attempt[1]):
            settled.append(tx.deliveries.save(_after(row, result, command.real_now, tx.now)))
            seen_by[row.notice_id] = result.claimed.seen_by
            if result.outcome == "failed":
                _doubt(row, await told_by(row, tx), tx)
    await _settle(settled, seen_by, tx)


def _after(row: Delivery, result: Result, real_now: datetime, now: datetime) -> Delivery:
    match result.outcome:
        case "sent":
            return row.sent(result.reference, now)
        case "failed":
            return row.fail(result.reason)
        case "lost":
            return row.again(result.reason, real_now, result.jitter, lost=True)
        case "again":
            return row.again(result.reason, real_now, result.jitter)


def _with_lapsed(rows: Iterable[Delivery], command: ClaimDue, tx: NotificationsTransaction) -> list[Delivery]:
    found = []
    for row in {row.id: row for row in rows}.values():
        if row.state == "sending" and (row.id, row.attempts) in command.lapsed:
            row = tx.deliveries.save(row.lapse(command.real_now))
        found.append(row)
    return found


def _due(rows: Iterable[Delivery], command: ClaimDue) -> list[list[Delivery]]:
    """The lines on which something is due and nobody is sending, each oldest first (M-03). What was to pause longer
    is due with the rest of its line: something newer may have made it untrue."""
    lines: dict[tuple[UUID, str, str], list[Delivery]] = {}
    for row in rows:
        lines.setdefault(row.line, []).append(row)
    due = []
    for line in lines.values():
        ready = {row.id for row in line if _is_ready(row, command)}
        if ready and all(row.state != "sending" for row in line):
            mine = [row for row in line if row.id in ready or row.state == "due"]
            due.append(in_order(mine))
    return due


def _is_ready(row: Delivery, command: ClaimDue) -> bool:
    if row.state == "sending":
        return False
    return row.next_at <= command.real_now or (row.state == "waiting" and command.look_at_waiting)


async def _settle(
    settled: Sequence[Delivery], seen_by: dict[UUID, tuple[str, ...]], tx: NotificationsTransaction
) -> None:
    """The notices of these deliveries say what has become of them all."""
    if not settled:
        return
    notices = await tx.notices.get_many({delivery.notice_id for delivery in settled})
    siblings = await tx.deliveries.get_many(
        delivery_id(notice.id, channel) for notice in notices.values() for channel in PURPOSES[notice.purpose].channels
    )
    for notice in notices.values():
        mine = [delivery for delivery in siblings.values() if delivery.notice_id == notice.id]
        after = notice.after(mine).seen_by(seen_by.get(notice.id, ()))
        if after != notice:
            tx.notices.save(after)
