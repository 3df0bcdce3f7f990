"""The TCP ports of one running system: one tidy block of neighbours, all on 127.0.0.1."""

import json
import os
import random
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

HOST = "127.0.0.1"
DEFAULT_BASE = 8080
BLOCK = 32
# Below the range from which Linux takes the near end of outgoing connections, so that nothing slips in between.
FREE_FROM, FREE_TO = 15_000, 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """A port per listener, also of what only the larger scale has. The field order is the order in the block."""

    gateway: int
    identity: int
    mailbox: int
    sms: int
    traces: int
    kafka: int
    kafka_controller: int
    mongo: int
    smtp: int
    gateway_admin: int
    enrolment_api: int
    enrolment_worker: int
    scheduling_api: int
    scheduling_worker: int
    notifications_api: int
    notifications_worker: int
    kafka_2: int
    kafka_2_controller: int
    kafka_3: int
    kafka_3_controller: int
    enrolment_api_2: int
    enrolment_worker_2: int
    scheduling_api_2: int
    scheduling_worker_2: int
    notifications_api_2: int
    notifications_worker_2: int

    @classmethod
    def at(cls, base: int) -> Self:
        return cls(**{field.name: base + offset for offset, field in enumerate(fields(cls))})

    @classmethod
    def chosen(cls) -> Self:
        """The fixed block of `make up`; SANGAM_PORTS_BASE moves it."""
        return cls.at(int(os.environ.get("SANGAM_PORTS_BASE", DEFAULT_BASE)))

    @classmethod
    def free(cls) -> Self:
        """A block in which nothing listens now."""
        for _ in range(200):
            base = random.randrange(FREE_FROM, FREE_TO, BLOCK)  # noqa: S311 - no secret
            ports = cls.at(base)
            if not any(taken(port) for port in asdict(ports).values()):
                return ports
        raise RuntimeError(f"no {BLOCK} free ports in a row between {FREE_FROM} and {FREE_TO}")

    @classmethod
    def load(cls, path: Path) -> Self:
        """What was saved, also by a version that knew fewer ports: they are appended only."""
        return cls.at(json.loads(path.read_text())["gateway"])

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=2))

    def of(self, name: str) -> int:
        return int(getattr(self, name))

    def mapping(self) -> Mapping[str, int]:
        return asdict(self)


def taken(port: int) -> bool:
    """Whether something listens there, or another user of the address makes it impossible to."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
