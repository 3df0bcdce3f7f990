"""`python -m sangam_local.prometheus …`: Prometheus's own judge of its files, promtool, from PATH or fetched once."""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Literal

from sangam_local import downloads
from sangam_local.cli import told
from sangam_local.trouble import Trouble


async def program(name: Literal["prometheus", "promtool"]) -> Path:
    """Raises Trouble where it neither is nor can be fetched: rules that nobody checked must not pass as checked."""
    if found := shutil.which(name):
        return Path(found)
    if missing := [tool for tool in downloads.PROMETHEUS.tools if shutil.which(tool) is None]:
        raise Trouble(
            f"Checking alert rules needs Prometheus's {name}, and there is neither that nor `{missing[0]}` on PATH, "
            "with which it could be fetched: install Prometheus and repeat."
        )
    await downloads.make(downloads.PROMETHEUS)
    return downloads.PROMETHEUS.place() / "bin" / name


def main() -> None:
    tool = asyncio.run(program("promtool"))
    os.execv(tool, [str(tool), *sys.argv[1:]])  # noqa: S606 - that is what it is for


if __name__ == "__main__":
    told(main)
