"""Envoy with the rendered gateway file."""

import sys
from pathlib import Path

from sangam_local import gateway
from sangam_local.part import Part, Place
from sangam_local.ports import HOST
from sangam_local.probe import answers


def part(place: Place) -> Part:
    rendered = place.home.run / "gateway.yaml"

    async def prepare() -> None:
        made = gateway.render(place.chosen_ports(), place.home.root, place.profile)
        assert made == rendered

    envoy = Path(sys.executable).with_name("envoy")
    return Part(
        name="gateway",
        title="Envoy",
        # Hot restart shares memory by number: two systems on one machine would meet there.
        command=(envoy, "-c", rendered, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"),
        ports=("gateway", "gateway_admin"),
        after=frozenset({"identity"}),
        prepare=prepare,
        ready=answers(f"http://{HOST}:{place.ports.gateway_admin}/ready"),
    )
