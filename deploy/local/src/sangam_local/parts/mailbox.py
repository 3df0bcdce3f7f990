"""maildev: takes every e-mail, sends none on, and shows them as a page."""

import shutil
from pathlib import Path

from sangam_local import downloads
from sangam_local.part import Part, Place
from sangam_local.ports import HOST
from sangam_local.probe import answers


def part(place: Place) -> Part:
    program = downloads.MAILDEV.place() / "node_modules" / "maildev" / "bin" / "maildev"
    smtp, web = place.ports.smtp, place.ports.mailbox
    return Part(
        name="mailbox",
        title="Mail catcher",
        command=(
            Path(shutil.which("node") or "node"),
            program,
            *("--ip", HOST, "--smtp", str(smtp)),
            *("--web-ip", HOST, "--web", str(web)),
            *("--mail-directory", place.data("mailbox")),
        ),
        ports=("smtp", "mailbox"),
        tools=("node",),
        downloads=(downloads.MAILDEV,),
        ready=answers(f"http://{HOST}:{web}/healthz"),
    )
