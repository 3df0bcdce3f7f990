"""Long work as a resource: an upload whose rows are decided chunk by chunk, with a result for each row."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from enrolment.domain.words import Actor

Kind = Literal["people", "nominations"]
Outcome = Literal["accepted", "refused"]
CHUNK = 60  # rows: about a second of a busy database, and far under a thousand documents


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file, 1 is the first below the header; `problem` was found when it was read."""

    number: int
    cells: dict[str, str]
    problem: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of a row; ids and codes only, never what the cells said."""

    row: int
    outcome: Outcome
    id: str | None = None
    problem: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`actor` is who uploaded: every row is decided with their rights. `next_chunk` is the checkpoint."""

    id: UUID
    version: int = 0
    kind: Kind
    actor: Actor
    created_at: datetime
    total: int
    chunks: int
    next_chunk: int = 0
    accepted: int = 0
    refused: int = 0
    open: bool = True
    offering_id: UUID | None = None

    @property
    def state(self) -> Literal["queued", "running", "done"]:
        if not self.open:
            return "done"
        return "running" if self.next_chunk else "queued"

    @property
    def done(self) -> int:
        return self.accepted + self.refused

    def visible_to(self, actor: Actor) -> bool:
        if actor.is_coordinator or actor.is_person(self.actor.person_id):
            return True
        if self.actor.is_coordinator:  # its rows are of every campus (P-03)
            return False
        return "campus_admin" in actor.kinds and not actor.campuses.isdisjoint(self.actor.campuses)

    def advanced(self, results: tuple[RowResult, ...]) -> "Job":
        accepted = sum(result.outcome == "accepted" for result in results)
        return replace(
            self,
            next_chunk=self.next_chunk + 1,
            accepted=self.accepted + accepted,
            refused=self.refused + len(results) - accepted,
            open=self.next_chunk + 1 < self.chunks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Rows that wait; `id` is job/number. Removed with its effect: uploads of people hold personal data."""

    id: str
    version: int = 0
    job_id: UUID
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What became of one chunk; `id` is that of the chunk."""

    id: str
    version: int = 0
    job_id: UUID
    number: int
    rows: tuple[RowResult, ...]


def chunk_id(job_id: UUID, number: int) -> str:
    return f"{job_id}/{number:05}"
