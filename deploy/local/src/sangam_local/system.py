"""One running Sangam, or a chosen subset of its parts, as an object: for the command line and for tests alike."""

import asyncio
import fcntl
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from sangam_local import clock, downloads, prerequisites, processes
from sangam_local.home import Home
from sangam_local.part import Job, Part, Place, Profile
from sangam_local.parts import ALL, SERVICES, described, kafka, mongo
from sangam_local.plan import Item, Progress, Silence, in_order
from sangam_local.ports import HOST, Ports
from sangam_local.probe import until
from sangam_local.scale import SINGLE, Scale
from sangam_local.supervision import State, Supervisor
from sangam_local.tools import says_disk_full
from sangam_local.trouble import Trouble, disk_full, telling_a_full_disk


class System:
    """Everything under one home. Two systems with different homes and ports do not know of one another."""

    def __init__(
        self,
        home: Home,
        ports: Ports,
        profile: Profile = "local",
        *,
        with_: Iterable[str] = ALL,
        scale: Scale = SINGLE,
        amend: Callable[[Part], Part] = lambda part: part,
    ) -> None:
        """`amend` is how a test lets a part run otherwise than it is described."""
        self.home = home
        self.ports = ports
        self.chosen = frozenset(with_)
        if unknown := self.chosen - ALL:
            raise ValueError(f"no such parts: {sorted(unknown)}")
        self.place = Place(home=home, ports=ports, profile=profile, chosen=self.chosen, scale=scale)
        self.supervisor = Supervisor(home)
        self._amend = amend

    async def up(self, progress: Progress | None = None) -> None:
        """Start what does not run yet and return when all of it is ready. Raises Trouble."""
        progress = progress or Silence()
        with telling_a_full_disk(self.home.root):
            prerequisites.check_disk(self.home.root, ())
            self.home.make()
            async with self._alone():
                self.place.scale.check(self.home)
                items = self._items()
                parts = [item for item in items if isinstance(item, Part)]
                if not self.supervisor.alive():
                    await asyncio.to_thread(processes.end, lambda: processes.marked(self.home.root))
                running = self._running()
                self._check(parts, running)
                await self._fetch(parts, progress)
                self.place.scale.keep(self.home)
                self.ports.save(self.home.ports)
                clock.ensure(self.home)
                await asyncio.to_thread(self.supervisor.launch, parts)
                running = self._running()
                await in_order(items, lambda item: self._start(item, running), progress)

    async def down(self) -> None:
        """Stop everything; afterwards no process of this home is left, whoever started it and whatever happened."""
        await asyncio.to_thread(self._down)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to one part; a dead one comes back by itself. Answers the id it had."""
        return self.supervisor.kill(name, number)

    async def stop(self, *names: str) -> None:
        """Ask parts to stop; they stay away until `start`."""
        await asyncio.to_thread(self.supervisor.stop, names)

    async def fell(self, *names: str) -> None:
        """Kill parts, with no chance to say goodbye; they stay away until `start`."""
        await asyncio.to_thread(self.supervisor.fell, names)

    async def start(self, *names: str) -> None:
        """Start stopped parts and wait until they are ready."""
        wanted = [item for item in self._items() if isinstance(item, Part) and item.name in names]
        await in_order(wanted, lambda item: self._start(item, frozenset()), Silence())

    def parts(self) -> Sequence[Part]:
        """As they are started."""
        return [item for item in self._items() if isinstance(item, Part)]

    def names(self) -> Sequence[str]:
        """Of every part; with one broker `kafka`, with three `kafka-1` to `kafka-3`; the second of two ends in `-2`."""
        return [part.name for part in self.parts()]

    def status(self) -> Sequence[State]:
        if not self.supervisor.alive():
            return []
        return [*self.supervisor.states().values()]

    async def ready(self, *names: str) -> bool:
        """Whether these parts, or all, do their work now."""
        asked = [item for item in self._items() if isinstance(item, Part) and (not names or item.name in names)]
        return all(await asyncio.gather(*(part.ready() for part in asked)))

    def shift_clock(self, by: timedelta) -> timedelta:
        """Move the domain clock of all processes on; answers the whole offset."""
        return clock.shift(self.home, by)

    def reset_data(self) -> None:
        """Delete all state, the clock's offset included; only when nothing runs."""
        if self.home.root.exists():
            shutil.rmtree(self.home.root)

    def mongo_url(self, user: str = mongo.ADMIN) -> str:
        """A service's own database by its own user, or everything by `admin`."""
        return mongo.url(self.place, user)

    def urls(self) -> Mapping[str, str]:
        """Where each part is, for people and scripts; only what was chosen."""
        ports = self.ports
        web = {
            "gateway": f"http://{HOST}:{ports.gateway}",
            **{service: f"http://{HOST}:{ports.gateway}/{service}/v1" for service in SERVICES},
            "kafka": kafka.brokers(self.place),
            "mailbox": f"http://{HOST}:{ports.mailbox}",
            "sms": f"http://{HOST}:{ports.sms}",
            "traces": f"http://{HOST}:{ports.traces}",
            "identity": f"http://{HOST}:{ports.identity}",
        }
        return {name: url for name, url in web.items() if name in self.chosen}

    def _items(self) -> Sequence[Item]:
        return [self._amend(item) if isinstance(item, Part) else item for item in described(self.place)]

    def _running(self) -> frozenset[str]:
        return frozenset(state.name for state in self.status() if state.running)

    def _check(self, parts: Sequence[Part], running: frozenset[str]) -> None:
        missing = _missing(parts)
        prerequisites.check_tools(parts, missing)
        prerequisites.check_disk(self.home.root, missing)
        prerequisites.check_ports(self.ports, [part for part in parts if part.name not in running])

    async def _fetch(self, parts: Sequence[Part], progress: Progress) -> None:
        wanting = [
            Job(name=f"download-{part.name}", title=f"Downloading {part.title}", run=partial(_fetch_for, part))
            for part in parts
            if _missing([part])
        ]
        await in_order(wanting, lambda item: self._start(item, frozenset()), progress)

    async def _start(self, item: Item, running: frozenset[str]) -> None:
        if isinstance(item, Job):
            if not item.needed_by or item.needed_by - running:
                await item.run()
            return
        if item.name not in running:
            await item.prepare()
            await asyncio.to_thread(self.supervisor.start, item.name)
        try:
            await until(item.ready, item.patience_s)
        except TimeoutError:
            raise self._not_ready(item) from None

    def _not_ready(self, part: Part) -> Trouble:
        log = self.home.logs / f"{part.name}.log"
        if log.exists() and says_disk_full(log.read_text(errors="replace")[-20_000:]):
            return disk_full(self.home.root)
        return Trouble(f"{part.title} was not ready within {part.patience_s:.0f} seconds: see {log}.")

    def _down(self) -> None:
        if self.supervisor.alive():
            # Who uses a part stops before it: first what is ours, then what it stands on.
            names = [state.name for state in self.supervisor.states().values()]
            ours = [name for name in names if name == "gateway" or name.partition("-")[0] in SERVICES]
            self.supervisor.stop(ours)
            self.supervisor.stop(name for name in names if name not in ours)
            self.supervisor.shutdown()
        processes.end(lambda: processes.marked(self.home.root))
        self.supervisor.socket.unlink(missing_ok=True)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        with (self.home.run / "up.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Trouble(f"Another `up` is at work on {self.home.root}: wait for it to end.") from None
            yield


async def _fetch_for(part: Part) -> None:
    for download in part.downloads:
        await downloads.make(download)


def _missing(parts: Iterable[Part]) -> Sequence[downloads.Download]:
    return [download for part in parts for download in part.downloads if download.missing()]
