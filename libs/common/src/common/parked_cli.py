"""`python -m <service> parked list | show | replay | drop | resume | accept-gap | forget`: what an operator does about
keys that wait."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Protocol, TypeVar

import typer
import uvloop

from common import gaps, inbox, parking, telemetry
from common.cause import Cause
from common.codec import codec
from common.consumer import Consumer
from common.envelope import Envelope
from common.ids import new_id
from common.problem import Problem
from common.store import Document, Reads
from common.transactions import Transactions

R = TypeVar("R")
Stream = Annotated[str, typer.Argument(help="topic/key, as `parked list` prints it")]
CHUNK = 100


class Closing(Reads, Protocol):
    """The service's database."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parking:
    """What these commands work with; bootstrap joins it."""

    database: Closing
    transactions: Transactions[Any]
    consumer: Consumer[Any]

    async def listed(self) -> list[str]:
        """A line per key that waits and per state that has no effect yet."""
        lines = []
        for row in await inbox.standing(self.database, "parked"):
            count = await self.database.count(parking.PARKED, {"stream": row["_id"]})
            for head in await self.waiting(row["_id"], 1):
                why = head["error"] or "followed"
                lines.append(f"{row['_id']}  {count} parked from {head['sequence']}  {head['envelope']['type']}  {why}")
        for row in await inbox.standing(self.database, "failed"):
            lines.append(f"{row['_id']}  failed state  {row['failed']['error']}  tried {row['failed']['tries']} times")
        for row in await self.database.select(parking.UNREADABLE, {}, limit=1_000):
            lines.append(f"{row['_id']}  unreadable record  {row['error']}")
        for row in await gaps.missing(self.database):
            lines.append(f"{row['stream']}  gap  {row['first']} to {row['last']} missing before {row['before']}")
        if await self.database.count(parking.PARKINGS, {"stalled": True}):
            lines.append("too many keys were parked: no more are until `parked resume`")
        return lines

    async def waiting(self, stream: str, limit: int) -> list[Document]:
        return await self.database.select(parking.PARKED, {"stream": stream}, order=[("sequence", 1)], limit=limit)

    async def replay(self, stream: str) -> tuple[int, str | None]:
        """From the head until nothing waits or one is refused again: how many were applied, and what refused."""
        applied = 0
        while rows := await self.waiting(stream, CHUNK):
            for row in rows:
                outcome = await self.consumer.replay(
                    stream, row["sequence"], codec(Envelope).validate_python(row["envelope"])
                )
                if outcome.error is not None:
                    name, where = type(outcome.error).__name__, telemetry.where(outcome.error)
                    await self._run(partial(parking.refused_again, stream, row["sequence"], name, where))
                    return applied, f"{name} at {row['sequence']}: {where}"
                applied += 1
        return applied, None

    async def drop(self, stream: str, *, everything: bool) -> int:
        """The head of a key, or all that waits: as if it had been applied, without its effect."""
        dropped = 0
        while rows := await self.waiting(stream, CHUNK if everything else 1):
            for row in rows:
                await self._run(parking.Unpark(stream, row["sequence"], None))
                dropped += 1
            if not everything:
                break
        return dropped

    async def resume(self) -> bool:
        return await self._run(parking.resume)

    async def accept_gap(self, stream: str, first: int, last: int) -> None:
        await self._run(gaps.AcceptGap(stream, first, last))

    async def given_up(self) -> list[str]:
        rows = await gaps.given_up(self.database)
        return [f"{row['stream']}  given up  {row['first']} to {row['last']}  {row['accepted_at']}" for row in rows]

    async def forget(self, record: str) -> None:
        await self._run(partial(parking.forget_unreadable, record))

    async def _run(self, work: Callable[[Any], Awaitable[R]]) -> R:
        id = new_id()
        return await self.transactions.run(work, cause=Cause(id, id, self.consumer.clock()))


def commands(open_parking: Callable[[], Parking]) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="Keys whose events wait because one could not be applied.")

    def run(work: Callable[[Parking], Awaitable[int]]) -> None:
        async def opened() -> int:
            found = open_parking()
            try:
                return await work(found)
            except Problem as problem:
                typer.echo(f"{problem.slug}: {type(problem).__doc__} {problem.members}", err=True)
                return 1
            finally:
                found.database.close()

        raise typer.Exit(uvloop.run(opened()))

    @app.command("list")
    def show_all(
        given_up: Annotated[bool, typer.Option("--given-up", help="gaps that were accepted, instead")] = False,
    ) -> None:
        """Every key that waits, its first event and what refused it."""

        async def work(found: Parking) -> int:
            lines = await (found.given_up() if given_up else found.listed())
            typer.echo("\n".join(lines) or f"nothing is {'given up' if given_up else 'parked'}")
            return 0

        run(work)

    @app.command()
    def show(stream: Stream) -> None:
        """The events of one key that wait, with their payloads; facts hold ids only."""

        async def work(found: Parking) -> int:
            for row in await found.waiting(stream, CHUNK):
                typer.echo(json.dumps(_shown(row), default=str))
            return 0

        run(work)

    @app.command()
    def replay(stream: Stream) -> None:
        """Apply what waits, in order, until one is refused again (exit code 1)."""

        async def work(found: Parking) -> int:
            applied, refused = await found.replay(stream)
            typer.echo(f"{applied} applied" + (f"; refused again by {refused}" if refused else ""))
            return 1 if refused else 0

        run(work)

    @app.command()
    def drop(
        stream: Stream,
        everything: Annotated[bool, typer.Option("--all", help="all that waits, not only the head")] = False,
    ) -> None:
        """Give up the first event of a key, or all that waits. Its effect is lost for ever in this service."""

        async def work(found: Parking) -> int:
            typer.echo(f"{await found.drop(stream, everything=everything)} dropped")
            return 0

        run(work)

    @app.command()
    def resume() -> None:
        """After too many keys were parked: count anew."""

        async def work(found: Parking) -> int:
            typer.echo("parking goes on" if await found.resume() else "it had not stalled")
            return 0

        run(work)

    @app.command("accept-gap")
    def accept_gap(
        stream: Stream,
        first: Annotated[int, typer.Argument(help="the first missing number, as `parked list` prints it")],
        last: Annotated[int, typer.Argument(help="the last missing number")],
    ) -> None:
        """Give up the events that are missing and hold a partition. Their effect is lost for ever in this service."""

        async def work(found: Parking) -> int:
            await found.accept_gap(stream, first, last)
            lost = f"{last - first + 1} event(s), {first} to {last} of {stream}"
            typer.echo(f"given up: {lost}. {found.consumer.group} will never apply them, should they come after all.")
            return 0

        run(work)

    @app.command()
    def forget(
        record: Annotated[str, typer.Argument(help="topic/partition/offset, as `parked list` prints it")],
    ) -> None:
        """An unreadable record was looked at: it is not listed any more."""

        async def work(found: Parking) -> int:
            await found.forget(record)
            typer.echo(f"{record} is not listed any more")
            return 0

        run(work)

    return app


def _shown(row: Document) -> dict[str, Any]:
    said = row["envelope"]
    return {
        "sequence": row["sequence"],
        "type": said["type"],
        "id": said["id"],
        "time": said["time"],
        "correlation_id": said["correlation_id"],
        "error": row["error"],
        "at": row["at"],
        "tries": row["tries"],
        "parked_at": row["parked_at"],
        "data": json.loads(bytes(said["data"] or b"null")),
    }
