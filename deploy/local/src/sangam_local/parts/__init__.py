"""Every part of a local system, and which of them depend on which."""

from collections.abc import Iterator

from sangam_local.part import Job, Part, Place
from sangam_local.parts import gateway, identity, kafka, mailbox, mongo, services, sms, traces

SERVICES = services.SERVICES
ALL = frozenset({"kafka", "mongo", "gateway", "identity", "mailbox", "sms", "traces", *SERVICES})
_INFRASTRUCTURE = {
    "mongo": mongo.part,
    "identity": identity.part,
    "traces": traces.part,
    "mailbox": mailbox.part,
    "sms": sms.part,
    "gateway": gateway.part,
}


def described(place: Place) -> Iterator[Part | Job]:
    """The chosen parts and their jobs, in an order in which a person would read them."""
    if "kafka" in place.chosen:
        yield from kafka.parts(place)
    for name, describe in _INFRASTRUCTURE.items():
        if name in place.chosen:
            yield describe(place)
    for service in SERVICES:
        if service in place.chosen:
            yield from services.described(place, service)
