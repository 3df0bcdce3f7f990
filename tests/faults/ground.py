"""The one place that builds the system under fault: the real processes, with a wire before whatever they talk to."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from sangam_local.home import Home
from sangam_local.part import Part
from sangam_local.parts import SERVICES
from sangam_local.ports import HOST, Ports
from sangam_local.scale import SINGLE, Scale
from sangam_local.system import System
from tests.faults.answers import Commits, Mails, Publishes, Texts
from tests.faults.judge.progress import Restart
from tests.faults.sinks import Sinks
from tests.faults.wire import Wire

PARTS = frozenset({"kafka", "mongo", "gateway", *SERVICES})
ROLES = ("api", "worker")
PRESENT: Mapping[str, str] = {}


@dataclass
class Ground:
    """A running system, the wires between it and its surroundings, and where its mail, SMS and spans end."""

    system: System
    sinks: Sinks
    kafka: list[Wire]
    mongo: Wire
    smtp: Wire
    sms: Wire
    versions: Mapping[str, str]
    spans: str
    poisoned: list[str] = field(default_factory=list)
    restarts: list[Restart] = field(default_factory=list)

    @property
    def gateway(self) -> str:
        return self.system.urls()["gateway"]

    @property
    def brokers(self) -> tuple[str, ...]:
        return self.system.place.scale.broker_names()

    @property
    def processes(self) -> list[str]:
        scale = self.system.place.scale
        return [name for service in SERVICES for role in ROLES for name in scale.process_names(service, role)]

    def named(self, target: str) -> list[Wire]:
        """All wires to the brokers, to the database, to SMTP or to the SMS provider."""
        wires = {"kafka": self.kafka, "mongo": [self.mongo], "smtp": [self.smtp], "sms": [self.sms]}
        return wires[target]

    def wires(self) -> Iterator[Wire]:
        yield from (*self.kafka, self.mongo, self.smtp, self.sms)

    def clock_of(self, process: str) -> Path:
        return self.system.home.run / f"clock-of-{process}"

    def skew(self, process: str, by: timedelta) -> None:
        """Let the domain's clock of one process go before or behind the others'."""
        fresh = self.clock_of(process).with_suffix(".fresh")
        fresh.write_text(f"{by.total_seconds()}\n")
        fresh.replace(self.clock_of(process))

    def url_of(self, process: str, path: str) -> str:
        return f"http://{HOST}:{self.system.ports.of(process.replace('-', '_'))}{path}"

    def environment(self, process: str) -> dict[str, str]:
        """As the process is started, for one more of its kind."""
        [part] = [item for item in self.system.parts() if item.name == process]
        return dict(part.env)


@asynccontextmanager
async def running(folder: Path, scale: Scale = SINGLE, versions: Mapping[str, str] = PRESENT) -> AsyncIterator[Ground]:
    """Everything of a Sangam that faults may hit. Logs and data stay in `folder`.

    `versions` gives processes by name a PYTHONPATH of their own: another version of the services.
    """
    ports, aside = _two_blocks()
    system = System(Home(folder), ports, "test", with_=PARTS, scale=scale, amend=lambda part: _amended(part, made))
    numbers = ["", "_2", "_3"][: scale.brokers]
    # A broker has a listener of its own for those who come over the wire: it tells them the wire's port.
    made = Ground(
        system=system,
        sinks=Sinks(),
        kafka=[Wire(f"kafka{n}", aside.of(f"kafka{n}"), aside.of(f"kafka{n}_controller"), Publishes) for n in numbers],
        mongo=Wire("mongo", aside.mongo, ports.mongo, Commits),
        smtp=Wire("smtp", aside.smtp, ports.smtp, Mails),
        sms=Wire("sms", aside.sms, ports.sms, Texts),
        versions=versions,
        spans=f"http://{HOST}:{aside.traces}/api/v2/spans",
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(made.sinks.listening(ports.smtp, ports.sms, aside.traces))
        for wire in made.wires():
            await wire.open()
            stack.push_async_callback(wire.close)
        stack.push_async_callback(system.down)
        await system.up()
        yield made


def _two_blocks() -> tuple[Ports, Ports]:
    """Ports for the system, and as many for the wires."""
    ports = aside = Ports.free()
    while ports == aside:
        aside = Ports.free()
    return ports, aside


def _amended(part: Part, ground: Ground) -> Part:
    if part.name in ground.brokers:
        return replace(part, prepare=lambda: _also_over_the_wire(part, ground))
    if part.name in ground.processes:
        return replace(part, env={**part.env, **_over_the_wires(part, ground)})
    return part


async def _also_over_the_wire(part: Part, ground: Ground) -> None:
    await part.prepare()
    properties = ground.system.home.run / f"{part.name}.properties"
    wire = ground.kafka[ground.brokers.index(part.name)]
    text = properties.read_text()
    text = re.sub(r"^(listeners=.*)$", rf"\1,WIRE://{HOST}:{wire.target}", text, flags=re.M)
    text = re.sub(r"^(advertised.listeners=.*)$", rf"\1,WIRE://{HOST}:{wire.port}", text, flags=re.M)
    known = "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,WIRE:PLAINTEXT\n"
    await asyncio.to_thread(properties.write_text, text + known + "inter.broker.listener.name=PLAINTEXT\n")


def _over_the_wires(part: Part, ground: Ground) -> dict[str, str]:
    prefix = part.name.partition("-")[0].upper()
    told = {
        "KAFKA_BROKERS": ",".join(f"{HOST}:{wire.port}" for wire in ground.kafka),
        "MONGO_URL": part.env[f"{prefix}_MONGO_URL"].replace(f":{ground.mongo.target}/", f":{ground.mongo.port}/"),
        "CLOCK_OFFSET_FILE": str(ground.clock_of(part.name)),
    }
    if prefix == "NOTIFICATIONS":
        told |= {"SMTP_PORT": str(ground.smtp.port), "SMS_URL": f"http://{HOST}:{ground.sms.port}"}
    traces = {
        "OTEL_TRACES_EXPORTER": "zipkin",
        "OTEL_TRACES_SAMPLER": "parentbased_always_on",
        "OTEL_EXPORTER_ZIPKIN_ENDPOINT": ground.spans,
    }
    version = {"PYTHONPATH": ground.versions[part.name]} if part.name in ground.versions else {}
    return {**{f"{prefix}_{name}": value for name, value in told.items()}, **traces, **version}
