"""What a running system is made of: parts that the supervisor keeps alive, and jobs that run once before them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sangam_local.downloads import Download
from sangam_local.home import Home
from sangam_local.ports import Ports
from sangam_local.scale import Scale

Profile = Literal["local", "test"]


async def nothing() -> None:
    """The preparation of a part that needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and how one system runs; handed to whoever describes a part of it."""

    home: Home
    ports: Ports
    profile: Profile
    chosen: frozenset[str]
    scale: Scale

    def data(self, name: str) -> Path:
        folder = self.home.data / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def chosen_ports(self) -> Mapping[str, int]:
        """The ports of what runs; a part that is left out has none, and whoever would talk to it sees that."""
        absent = {"identity", "traces"} - self.chosen
        if self.scale.processes == 1:
            absent |= {name for name in self.ports.mapping() if name.endswith(("_api_2", "_worker_2"))}
        return {name: port for name, port in self.ports.mapping().items() if name not in absent}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process. `after` names parts and jobs that must be ready first; those not chosen are left out of it.

    `tools` must be on PATH for it to run, `downloads` are made in their order before it first does.
    """

    name: str
    title: str
    command: Sequence[str | Path]
    ready: Callable[[], Awaitable[bool]]
    ports: Sequence[str] = ()
    tools: Sequence[str] = ()
    downloads: Sequence[Download] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    after: frozenset[str] = frozenset()
    prepare: Callable[[], Awaitable[None]] = nothing
    patience_s: float = 90
    stop_within_s: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do once per start, unless all parts that it is `needed_by` run already."""

    name: str
    title: str
    run: Callable[[], Awaitable[None]]
    after: frozenset[str] = frozenset()
    needed_by: frozenset[str] = frozenset()
