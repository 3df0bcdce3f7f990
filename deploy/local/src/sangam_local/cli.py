"""The commands behind `make up`, `down`, `status`, `urls`, `logs`, `reset`, `demo` and the domain clock."""

import asyncio
import json
import os
import shlex
import sys
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import typer
from rich.console import Console

from sangam_local import clock as clocks
from sangam_local import identity
from sangam_local.client import Refused
from sangam_local.display import Display
from sangam_local.furnish import furnish, tokens
from sangam_local.home import Home
from sangam_local.parts import ALL, SERVICES
from sangam_local.parts.services import environment
from sangam_local.ports import Ports
from sangam_local.scale import SINGLE, THREE, Scale
from sangam_local.showing import show
from sangam_local.story import StepReport, StoryFault
from sangam_local.system import System
from sangam_local.table import USUAL_ACTOR, show_states, show_urls
from sangam_local.trouble import Trouble

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
# What scripts read goes to stdout, what people read to stderr or to the same terminal.
screen = Console(stderr=True, highlight=False)


@app.command()
def up(
    only: Annotated[str, typer.Option(help="Start these parts alone, by name, with commas between.")] = "",
    three: Annotated[
        bool, typer.Option("--three", help="Three Kafka brokers, and two of each api and worker.")
    ] = False,
) -> None:
    """Start everything, bring in the reference institute, play the story once, and say where everything is."""
    chosen = frozenset(only.split(",")) if only else ALL
    if unknown := chosen - ALL:
        raise Trouble(f"There is no part named {', '.join(sorted(unknown))}; there are {', '.join(sorted(ALL))}.")
    _do(_up(chosen, THREE if three else SINGLE))


@app.command()
def down() -> None:
    """Stop everything; the data stays."""
    _do(_system().down())


@app.command()
def status() -> None:
    """Which parts run, and which of them do their work."""
    system = _running()
    states = {state.name: state for state in system.status()}
    names = [*states]

    async def ask() -> list[bool]:
        return await asyncio.gather(*(system.ready(name) for name in names))

    show_states(Console(), states, dict(zip(names, asyncio.run(ask()), strict=True)))


@app.command()
def urls() -> None:
    """Every address, and a token per kind of actor and campus, as JSON."""
    system = _running()
    sys.stdout.write(json.dumps({**system.urls(), "tokens": dict(tokens(system.home))}, indent=2) + "\n")


@app.command()
def token(actor: Annotated[str, typer.Argument(help="A kind of actor and a campus.")] = USUAL_ACTOR) -> None:
    """One actor's token, ready for a header."""
    known = tokens(_running().home)
    if actor not in known:
        raise Trouble(f"There is no actor {actor}; there are {', '.join(known)}.")
    sys.stdout.write(known[actor] + "\n")


@app.command()
def settings(service: Annotated[str, typer.Argument(help="enrolment, scheduling or notifications")]) -> None:
    """What its processes are told, for a shell to take over: `eval "$(python -m sangam_local settings scheduling)"`."""
    if service not in SERVICES:
        raise Trouble(f"There is no service {service}; there are {', '.join(SERVICES)}.")
    told = environment(_running().place, service, f"{service}-api", f"{service}-worker")
    sys.stdout.writelines(f"export {name}={shlex.quote(value)}\n" for name, value in told.items())


@app.command()
def logs(part: Annotated[str, typer.Argument(help="One part's name; all without it.")] = "*") -> None:
    """Follow the logs."""
    files = sorted(Home.chosen().logs.glob(f"{part}.log"))
    if not files:
        raise Trouble("There are no such logs yet: start Sangam with `make up`.")
    os.execvp("tail", ["tail", "-n", "20", "-F", *map(str, files)])  # noqa: S606 - that is what following is


@app.command()
def reset() -> None:
    """Stop everything and delete all its data, the clock's offset included."""
    system = _system()
    _do(system.down())
    system.reset_data()


@app.command()
def demo(
    number: Annotated[int | None, typer.Option(help="The same number chooses the same people.")] = None,
) -> None:
    """Play the story on a fresh offering, checking every step."""
    _do(_demo(_running(), number))


@app.command()
def clock(move: Annotated[str, typer.Argument(help="+3d, +2h or reset; nothing: only tell.")] = "") -> None:
    """Tell or move the domain clock of all services together."""
    home = _running().home
    match move:
        case "":
            ahead = clocks.offset(home)
        case "reset":
            ahead = clocks.reset(home)
        case _:
            ahead = clocks.shift(home, clocks.parsed(move))
    typer.echo(f"The domain clock is {ahead} ahead of real time.")


def main() -> None:
    told(app)


def told(work: Callable[[], object]) -> None:
    """Every foreseen failure is one sentence and exit code 1."""
    try:
        work()
    except (Trouble, StoryFault, Refused) as reason:
        screen.print("[bold red]sangam:[/]", end=" ")
        screen.print(str(reason), soft_wrap=True, markup=False)
        raise SystemExit(1) from None


async def _up(chosen: frozenset[str], scale: Scale) -> None:
    system = System(Home.chosen(), _ports(), "local", with_=chosen, scale=scale)
    with Display(screen) as display:
        await system.up(display)
    if chosen != ALL:
        return
    await furnish(system, lambda line: screen.print(f"  {line}"))
    played = system.home.data / "story-played"
    if not played.exists() and not os.environ.get("SANGAM_NO_STORY"):
        await _demo(system, None)
        played.touch()
    password = identity.passwords(system.home.root)["users"]
    show_urls(screen, system.urls(), tokens(system.home), password)


async def _demo(system: System, number: int | None) -> None:
    def tell(step: StepReport) -> None:
        screen.print(f"[green]✓[/] [bold]{step.title}[/] [dim]{step.seconds:.1f} s[/]")
        for line in step.found:
            screen.print(f"    {line}", soft_wrap=True, markup=False)

    await show(system.home, system.urls(), number=number, tell=tell)


def _system() -> System:
    return System(Home.chosen(), _ports())


def _running() -> System:
    system = _system()
    if not system.supervisor.alive():
        raise Trouble("Sangam does not run: start it with `make up`.")
    return System(system.home, system.ports, with_=_chosen(system), scale=Scale.of(system.home))


def _chosen(system: System) -> frozenset[str]:
    """What the last `up` started; the supervisor knows."""
    return frozenset(state.name.partition("-")[0] for state in system.status())


def _ports() -> Ports:
    """A running system keeps its ports, whatever the environment says now."""
    home = Home.chosen()
    if home.ports.exists() and System(home, Ports.load(home.ports)).supervisor.alive():
        return Ports.load(home.ports)
    try:
        return Ports.chosen()
    except ValueError:
        raise Trouble("SANGAM_PORTS_BASE must be a number, such as 8080.") from None


def _do(work: Coroutine[Any, Any, object]) -> None:
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        raise Trouble("Interrupted; `make down` stops what has been started.") from None
