"""Zipkin, which keeps the last traces in memory and shows them as a page."""

from sangam_local import downloads
from sangam_local.part import Part, Place
from sangam_local.parts import java
from sangam_local.ports import HOST
from sangam_local.probe import answers

KEPT_SPANS = 50_000


def part(place: Place) -> Part:
    jar = downloads.ZIPKIN.place() / "zipkin-server-exec.jar"
    return Part(
        name="traces",
        title="Zipkin",
        command=java.command(
            320,
            "-jar",
            jar,
            f"--armeria.ports[0].ip={HOST}",
            f"--armeria.ports[0].port={place.ports.traces}",
            "--armeria.ports[0].protocols[0]=http",
            "--logging.level.root=WARN",
        ),
        env={"MEM_MAX_SPANS": str(KEPT_SPANS)},
        ports=("traces",),
        tools=("java",),
        downloads=(downloads.ZIPKIN,),
        ready=answers(f"http://{HOST}:{place.ports.traces}/health"),
    )
