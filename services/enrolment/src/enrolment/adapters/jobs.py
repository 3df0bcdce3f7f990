"""Jobs and the results of their rows, as reads."""

from uuid import UUID

from common.codec import decode
from common.problem import NotFound
from common.store import Reads
from enrolment.application.queries import JobRow, ResultRow, Rows
from enrolment.domain.jobs import CHUNK, Job, Results, chunk_id
from enrolment.domain.words import Actor


async def get_job(reads: Reads, actor: Actor, id: UUID) -> JobRow:
    return row_of(await _visible(reads, actor, id))


async def list_results(
    reads: Reads, actor: Actor, id: UUID, *, outcome: str | None, limit: int, after: int
) -> Rows[ResultRow]:
    """By row number. Chunks before the one that holds row `after` + 1 are not read."""
    job = await _visible(reads, actor, id)
    found: list[ResultRow] = []
    for number in range(after // CHUNK, job.next_chunk):
        for document in await reads.select("results", {"_id": chunk_id(job.id, number)}, limit=1):
            results: Results = decode(Results, document)
            found += [
                ResultRow(r.row, r.outcome, r.id, r.problem, r.detail)
                for r in results.rows
                if r.row > after and outcome in (None, r.outcome)
            ]
        if len(found) > limit:
            break
    return Rows(found[:limit], next=str(found[limit - 1].row) if len(found) > limit else None)


def row_of(job: Job) -> JobRow:
    return JobRow(
        id=job.id,
        kind=job.kind,
        state=job.state,
        total=job.total,
        done=job.done,
        accepted=job.accepted,
        refused=job.refused,
        offering_id=job.offering_id,
    )


async def _visible(reads: Reads, actor: Actor, id: UUID) -> Job:
    for document in await reads.select("jobs", {"_id": str(id)}, limit=1):
        job: Job = decode(Job, document)
        if job.visible_to(actor):
            return job
    raise NotFound(id=str(id))
