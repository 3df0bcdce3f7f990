"""Doing a command once: a row per Idempotency-Key, in the command's own transaction, with the answer it gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.problem import Invalid
from common.store import Document, Index, Store, Write

COLLECTION = "idempotency"
INDEX = Index("kept_for_a_day", [("expires_at", 1)], expire_after_s=0)
KEPT = timedelta(hours=24)


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key came before with another body."""


@dataclass(frozen=True, slots=True)
class Once:
    """`scope` is the caller and route, `fingerprint` a hash of the body; `kept_from` is real time, for expiry."""

    scope: str
    key: str
    fingerprint: str
    kept_from: datetime

    @property
    def id(self) -> str:
        return f"{self.scope}|{self.key}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said, as it went out; holds no personal data."""

    status: int
    body: bytes
    headers: dict[str, str]


async def seen(store: Store, wanted: Sequence[Once]) -> dict[str, Document]:
    return await store.read(COLLECTION, [once.id for once in wanted]) if wanted else {}


def entry(once: Once, result: object, positions: Sequence[str]) -> Write:
    kept: dict[str, Any] | None = None
    if isinstance(result, Answer):
        kept = {"status": result.status, "body": result.body, "headers": result.headers}
    row = {
        "fingerprint": once.fingerprint,
        "answer": kept,
        "positions": list(positions),
        "expires_at": once.kept_from + KEPT,
    }
    return Write(COLLECTION, once.id, 0, 1, row)


def answer(row: Document, once: Once) -> Answer | None:
    if row["fingerprint"] != once.fingerprint:
        raise IdempotencyKeyReused()
    kept = row["answer"]
    return Answer(kept["status"], bytes(kept["body"]), dict(kept["headers"])) if kept else None
