"""`python -m <service> outbox list`: which keys Kafka does not take and why, and how much waits besides."""

from collections.abc import Callable
from typing import Annotated, Protocol

import typer
import uvloop

from common.outbox import COLLECTION
from common.problem import Unavailable
from common.store import Reads


class Closing(Reads, Protocol):
    """The service's database."""

    def close(self) -> None: ...


async def listed(database: Reads, limit: int) -> list[str]:
    """A line per key whose next event is refused, then how many events wait for nothing but the relay."""
    lines, waiting = [], await database.count(COLLECTION, {})
    for row in await database.select(COLLECTION, {"is_refused": True}, limit=limit):
        of_key = await database.count(COLLECTION, {"stream": row["stream"]})
        waiting -= of_key
        said = f"{row['stream']}  refused at {row['sequence']}  {row['type']}  {row['refused']}"
        lines.append(f"{said}  tried {row['tries']} times  {of_key - 1} behind it")
    return [*lines, f"{waiting} other events wait"] if waiting else lines


def commands(open_database: Callable[[], Closing]) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="Events that are not published yet.")

    @app.callback()
    def outbox() -> None:
        """Nothing needs to be done to what waits: it leaves by itself once Kafka takes it."""

    @app.command("list")
    def show(limit: Annotated[int, typer.Option(help="keys")] = 1_000) -> None:
        """Every key whose next event Kafka refuses, why, and how many others wait."""

        async def opened() -> int:
            database = open_database()
            try:
                typer.echo("\n".join(await listed(database, limit)) or "nothing waits")
                return 0
            except Unavailable:
                typer.echo("unavailable: the database does not answer", err=True)
                return 1
            finally:
                database.close()

        raise typer.Exit(uvloop.run(opened()))

    return app
