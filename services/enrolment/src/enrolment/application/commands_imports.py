"""Taking an upload in: a job and its rows are kept in one transaction, and decided chunk by chunk by a timer."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from enrolment.application.checks import may, visible_offering
from enrolment.application.erased import erased
from enrolment.application.import_rows import decide_rows
from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain.jobs import CHUNK, Chunk, Job, Kind, Results, Row, chunk_id
from enrolment.domain.person import employee_key
from enrolment.domain.words import Actor

PEOPLE_COLUMNS = (
    "employee_id", "name_latin", "name_devanagari", "name_tamil", "campus", "department", "cadre", "email", "phone",
    "languages", "supervisor", "deputy",
)  # fmt: skip
NOMINATION_COLUMNS = ("employee_id", "mandatory")


@dataclass(frozen=True, slots=True)
class ImportPeople:
    """`preview` decides every row at once, for a dry run that leaves nothing."""

    actor: Actor
    rows: tuple[Row, ...]
    preview: bool = False


async def import_people(command: ImportPeople, tx: EnrolmentTransaction) -> Job:
    """Raises NotYourRole."""
    may(command, command.actor)
    rows = await _with_known_superiors(_first_of_each(command.rows), tx)
    return await _start("people", command.actor, rows, None, tx, preview=command.preview)


@dataclass(frozen=True, slots=True)
class ImportNominations:
    offering_id: UUID
    actor: Actor
    rows: tuple[Row, ...]
    preview: bool = False


async def import_nominations(command: ImportNominations, tx: EnrolmentTransaction) -> Job:
    """Raises NotYourRole, NotFound."""
    may(command, command.actor)
    offering = await visible_offering(command.offering_id, command.actor, tx)
    offering.check_takes_requests(tx.now)
    return await _start("nominations", command.actor, command.rows, offering.id, tx, preview=command.preview)


async def advance_job(job_id: UUID, tx: EnrolmentTransaction) -> None:
    """By the timer: the next chunk, its results and the checkpoint in one transaction. Nothing when it is done."""
    job = await tx.jobs.get(job_id)
    chunk = await tx.chunks.find(chunk_id(job.id, job.next_chunk))
    if not job.open or chunk is None:
        return
    results = await decide_rows(job, chunk.rows, tx)
    tx.chunks.remove(chunk.id)
    tx.results.save(Results(id=chunk.id, job_id=job.id, number=job.next_chunk, rows=results))
    tx.jobs.save(job.advanced(results))


async def _start(
    kind: Kind, actor: Actor, rows: Sequence[Row], offering_id: UUID | None, tx: EnrolmentTransaction, *, preview: bool
) -> Job:
    parts = [tuple(rows[i : i + CHUNK]) for i in range(0, len(rows), CHUNK)]
    job = Job(
        id=tx.new_id(), kind=kind, actor=actor, created_at=tx.now, total=len(rows), chunks=len(parts),
        offering_id=offering_id,
    )  # fmt: skip
    if preview:
        for part in parts:
            job = job.advanced(await decide_rows(job, part, tx))
        return job
    for number, part in enumerate(parts):
        tx.chunks.save(Chunk(id=chunk_id(job.id, number), job_id=job.id, rows=part))
    return tx.jobs.save(job)


def _first_of_each(rows: Sequence[Row]) -> list[Row]:
    """The same employee twice in one file: nobody knows which row is meant last, so the first counts."""
    seen: set[str] = set()
    kept = []
    for row in rows:
        key = employee_key(row.cells.get("employee_id", ""))
        if row.problem is None and key in seen:
            row = Row(row.number, {}, "duplicate-row", "the same employee_id stands further up")
        elif key:
            seen.add(key)
        kept.append(row)
    return kept


async def _with_known_superiors(rows: Sequence[Row], tx: EnrolmentTransaction) -> list[Row]:
    """A supervisor or deputy may stand anywhere in the file, or be known already."""
    here = {employee_key(row.cells["employee_id"]) for row in rows if row.problem is None}
    named = {employee_key(row.cells[c]) for row in rows if not row.problem for c in ("supervisor", "deputy")} - {""}
    known = here | set(await tx.employees.get_many(named - here))
    known |= {key for _, key in await erased([("employee_id", key) for key in named - known], tx)}
    checked = []
    for row in rows:
        unknown = [c for c in ("supervisor", "deputy") if row.cells.get(c) and employee_key(row.cells[c]) not in known]
        checked.append(Row(row.number, {}, "unknown-person", f"column {unknown[0]}") if unknown else row)
    return checked
