"""`python -m <service> setup | api | worker | parked | outbox | repair`: the same words for every service."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
import typer
import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import ValidationError

from common import outbox_cli, parked_cli, telemetry
from common.parked_cli import Parking
from common.settings import Settings
from common.worker import Worker

log = structlog.get_logger()


def commands(
    name: str,
    settings: type[Settings],
    *,
    api: Callable[[Any], FastAPI],
    worker: Callable[[Any], Worker[Any]],
    setup: Callable[[Any], Coroutine[Any, Any, None]],
    parking: Callable[[Any], Parking],
    repair: Callable[[Any], Coroutine[Any, Any, int]] | None = None,
) -> typer.Typer:
    """The command line of a service; `repair` is for those that own state topics."""
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

    @app.command("setup")
    def set_up() -> None:
        """Create collections, indexes and topics. Running it again changes nothing."""
        uvloop.run(setup(read("setup")))

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
        uvicorn.Server(config).run()
        telemetry.shut_down()

    @app.command("worker")
    def run_worker() -> None:
        """Consume, run timers and publish what waits, until SIGTERM."""
        found = read("worker")
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
