"""The processes of the three services, one or two of each kind, and the setup that runs before each service's."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Literal

from sangam_local import identity
from sangam_local.part import Job, Part, Place
from sangam_local.parts import kafka, mongo
from sangam_local.ports import HOST
from sangam_local.probe import answers
from sangam_local.tools import run_tool

SERVICES = ("enrolment", "scheduling", "notifications")
ROLES: tuple[Literal["api"], Literal["worker"]] = ("api", "worker")
SENDER = "sangam@training.example"


def described(place: Place, service: str) -> Iterator[Part | Job]:
    names = {role: place.scale.process_names(service, role) for role in ROLES}
    setup = f"{service}-setup"
    env = environment(place, service, names["api"][0], names["worker"][0])
    title = service.capitalize()

    async def run_setup() -> None:
        await run_tool((sys.executable, "-m", service, "setup"), f"The setup of {service}", env=env)

    yield Job(
        name=setup,
        title=f"{title} database and topics",
        run=run_setup,
        after=frozenset({*place.scale.broker_names(), "mongo"}),
        needed_by=frozenset({*names["api"], *names["worker"]}),
    )
    for number, (api, worker) in enumerate(zip(names["api"], names["worker"], strict=True), start=1):
        own = environment(place, service, api, worker)
        for name, role in ((api, "api"), (worker, "worker")):
            port = _port(name)
            yield Part(
                name=name,
                title=f"{title} {role}" + (f" {number}" if number > 1 else ""),
                command=(sys.executable, "-m", service, role),
                env=own,
                ports=(port,),
                after=frozenset({setup}),
                ready=answers(f"http://{HOST}:{place.ports.of(port)}/readyz"),
                stop_within_s=15,
            )


def environment(place: Place, service: str, api: str, worker: str) -> Mapping[str, str]:
    """Everything that these processes of a service are told; the same names as in production."""
    ports, home = place.ports, place.home
    settings = {
        "PROFILE": place.profile,
        "MONGO_URL": mongo.url(place, service),
        "KAFKA_BROKERS": kafka.brokers(place),
        "KAFKA_REPLICATION": str(place.scale.replication),
        "API_HOST": HOST,
        "API_PORT": str(ports.of(_port(api))),
        "WORKER_HOST": HOST,
        "WORKER_PORT": str(ports.of(_port(worker))),
        "TOKEN_AUDIENCE": identity.AUDIENCE,
        "TOKEN_ISSUERS": json.dumps(list(identity.issuers(place.chosen_ports(), home.root))),
        "CLOCK_OFFSET_FILE": str(home.clock_offset),
        "PUBLIC_URL": f"http://{HOST}:{ports.gateway}",
        **_own(place, service),
    }
    compiled_once = {"PYTHONDONTWRITEBYTECODE": ""}  # where a shell forbids bytecode, every start would cost seconds
    named = {f"{service.upper()}_{name}": value for name, value in settings.items()}
    return {**named, **compiled_once, **_telemetry(place, service)}


def _port(name: str) -> str:
    return name.replace("-", "_")


def _own(place: Place, service: str) -> Mapping[str, str]:
    keys = identity.link_keys(place.home.root)
    match service:
        case "enrolment":
            return {
                "LINK_PUBLIC_KEY": keys["LINK_PUBLIC_KEY"],
                "ERASURE_KEY": identity.erasure_key(place.home.root),
            }
        case "notifications":
            return {
                "LINK_PRIVATE_KEY": keys["LINK_PRIVATE_KEY"],
                "SMTP_HOST": HOST,
                "SMTP_PORT": str(place.ports.smtp),
                "MAIL_FROM": SENDER,
                "SMS_URL": f"http://{HOST}:{place.ports.sms}",
            }
        case _:
            return {}


def _telemetry(place: Place, service: str) -> Mapping[str, str]:
    if "traces" not in place.chosen:
        return {"OTEL_TRACES_EXPORTER": "none"}
    return {
        "OTEL_SERVICE_NAME": service,
        "OTEL_TRACES_EXPORTER": "zipkin",
        "OTEL_TRACES_SAMPLER": "parentbased_always_on",
        "OTEL_EXPORTER_ZIPKIN_ENDPOINT": f"http://{HOST}:{place.ports.traces}/api/v2/spans",
    }
