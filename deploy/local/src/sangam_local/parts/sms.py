"""The SMS catcher: takes every message as a provider would, and shows it as a phone would."""

import sys

from sangam_local.part import Part, Place
from sangam_local.ports import HOST
from sangam_local.probe import answers


def part(place: Place) -> Part:
    port = str(place.ports.sms)
    return Part(
        name="sms",
        title="SMS catcher",
        command=(sys.executable, "-m", "sangam_local.sms", "--port", port, "--data", place.data("sms")),
        ports=("sms",),
        ready=answers(f"http://{HOST}:{place.ports.sms}/messages"),
    )
