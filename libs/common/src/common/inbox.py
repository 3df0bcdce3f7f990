"""Applying events once and in order: one row per (topic, key) with the last sequence, moved with the effect."""

from dataclasses import dataclass, replace
from typing import Literal

from common.envelope import Envelope
from common.problem import Problem
from common.repository import Repository
from common.transaction import Transaction

Next = Literal["apply", "repeated"]


class Gap(Problem):
    """An event came before the one ahead of it in its key: the partition is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`id` is topic/key; `applied` the sequence of the last event whose effect stands."""

    id: str
    version: int = 0
    taken: int = 0
    applied: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """`id` is topic/partition; `next` the offset from which a start reads on."""

    id: str
    version: int = 0
    next: int = 0


def rows(tx: Transaction) -> Repository[Taken]:
    return tx.repository(Taken, "inbox")


def positions(tx: Transaction) -> Repository[Position]:
    return tx.repository(Position, "positions")


async def take(envelope: Envelope, tx: Transaction, *, state: bool) -> Next:
    """Facts: next → apply, lower → repeated, higher → Gap. State: higher → apply, lower → repeated."""
    row = await rows(tx).find(envelope.stream) or Taken(id=envelope.stream)
    if envelope.sequence <= row.taken:
        return "repeated"
    if not state and envelope.sequence != row.taken + 1:
        raise Gap(topic=envelope.topic, key=envelope.key, expected=row.taken + 1, came=envelope.sequence)
    rows(tx).save(replace(row, taken=envelope.sequence, applied=envelope.sequence))
    return "apply"


async def advance(topic: str, partition: int, to: int, tx: Transaction) -> None:
    """Stored with the effects, so that a start reads on from here whatever became of the broker's own offsets."""
    row = await positions(tx).find(f"{topic}/{partition}") or Position(id=f"{topic}/{partition}")
    if row.next < to:
        positions(tx).save(replace(row, next=to))
