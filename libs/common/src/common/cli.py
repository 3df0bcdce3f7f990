"""`python -m <service> setup | api | worker | rebuild | parked | outbox | repair`: the same words for every service."""

import asyncio
import signal
from collections.abc import Callable, Collection, Coroutine
from typing import Annotated, Any, TypeVar

import structlog
import typer
import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import ValidationError

from common import outbox_cli, parked_cli, telemetry
from common.garbage import collect_less
from common.parked_cli import Parking
from common.problem import Problem
from common.rebuild import Rebuilt
from common.settings import Settings
from common.worker import Worker

log = structlog.get_logger()
R = TypeVar("R")


def commands(
    name: str,
    settings: type[Settings],
    *,
    api: Callable[[Any], FastAPI],
    worker: Callable[[Any], Worker[Any]],
    setup: Callable[[Any], Coroutine[Any, Any, None]],
    parking: Callable[[Any], Parking],
    rebuild: Callable[[Any, Callable[[str], None], Collection[str]], Coroutine[Any, Any, Rebuilt]],
    repair: Callable[[Any], Coroutine[Any, Any, int]] | None = None,
    restored: Callable[[Any], Coroutine[Any, Any, str]] | None = None,
) -> typer.Typer:
    """The command line of a service; `repair` is for those that own state topics, `restored` for those that publish."""
    app = typer.Typer(no_args_is_help=True, help=f"{name}: HTTP door, worker and set-up.", add_completion=False)

    def read(process: str) -> Any:
        try:
            found = settings()
        except ValidationError as error:
            wrong = [f"{name.upper()}_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
            typer.echo("\n".join(wrong), err=True)
            raise typer.Exit(2) from None
        telemetry.set_up(name, process, found.log_level)
        return found

    def operate(work: Coroutine[Any, Any, R]) -> R:
        """What an operator started: a refusal is said, and exits with 1."""
        try:
            return uvloop.run(work)
        except Problem as problem:
            typer.echo(f"{problem.slug}: {type(problem).__doc__} {problem.members or ''}", err=True)
            raise typer.Exit(1) from None

    @app.command("setup")
    def set_up(
        after_restore: Annotated[
            bool, typer.Option("--restored", help="the database comes from a backup; nothing of this service runs")
        ] = False,
    ) -> None:
        """Create collections, indexes and topics. Running it again changes nothing."""
        found = read("setup")
        uvloop.run(setup(found))
        if after_restore and restored:
            typer.echo(operate(restored(found)))

    @app.command("rebuild")
    def run_rebuild(
        skip: Annotated[list[str] | None, typer.Option(help="leave out this event: topic/partition/offset")] = None,
    ) -> None:
        """Write the copies of others' data anew, from the first event on. Stop the workers first; commands are refused
        until it ends. Killed, it is gone on with by running it again."""
        done = operate(rebuild(read("rebuild"), typer.echo, skip or ()))
        typer.echo(f"{done.copied} events of {done.keys} keys copied")
        if done.missing:
            typer.echo(f"{done.missing} events that were applied are not in the topics any more", err=True)
            raise typer.Exit(1)

    @app.command("api")
    def run_api() -> None:
        """Serve HTTP until SIGTERM."""
        found = read("api")
        config = uvicorn.Config(
            lambda: api(found),
            factory=True,
            host=found.api_host,
            port=found.api_port,
            log_config=None,
            access_log=False,
            loop="uvloop",
            http="httptools",
            timeout_graceful_shutdown=8,
            timeout_keep_alive=75,  # longer than the gateway keeps a connection: whoever opens it closes it
            backlog=4096,
        )
        collect_less()
        uvicorn.Server(config).run()
        telemetry.shut_down()

    @app.command("worker")
    def run_worker() -> None:
        """Consume, run timers and publish what waits, until SIGTERM."""
        found = read("worker")
        collect_less()
        try:
            uvloop.run(_until_signal(lambda: worker(found), found))
        except Exception as error:  # a traceback is no line of JSON, and may quote a person
            log.error("worker.ended", error=type(error).__name__, at=telemetry.where(error))
            raise typer.Exit(1) from None
        finally:
            telemetry.shut_down()

    if repair:
        repairing = repair

        @app.command("repair")
        def run_repair() -> None:
            """Tell the current state of everything on our state topics again, as a worker does every night."""
            typer.echo(f"{uvloop.run(repairing(read('repair')))} told again")

    app.add_typer(outbox_cli.commands(lambda: parking(read("outbox")).database), name="outbox")
    app.add_typer(parked_cli.commands(lambda: parking(read("parked"))), name="parked")
    return app


async def _until_signal(make: Callable[[], Worker[Any]], settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await make().run(settings.worker_host, settings.worker_port, stop)
