"""Checks what must be there before anything starts; each thing missing is one sentence about what to do."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from sangam_local.downloads import Download
from sangam_local.home import cache
from sangam_local.part import Part
from sangam_local.parts.java import java
from sangam_local.ports import Ports, taken
from sangam_local.processes import holder
from sangam_local.trouble import Trouble

JAVA_AT_LEAST = 17
NODE_AT_LEAST = 20
_HOME_MB = 400
_WANTED = {
    "java": f"a JDK, version {JAVA_AT_LEAST} or newer",
    "mvn": "Apache Maven",
    "node": f"Node.js, version {NODE_AT_LEAST} or newer",
    "npm": "npm, which comes with Node.js",
}


def check_tools(parts: Iterable[Part], missing: Iterable[Download]) -> None:
    """The programs that the parts run with, and those that the missing downloads are fetched with."""
    wanted = {tool: part.title for part in reversed([*parts]) for tool in part.tools}
    wanted |= {tool: f"downloading {download.name}" for download in missing for tool in download.tools} | wanted
    for tool, purpose in wanted.items():
        if shutil.which(java() if tool == "java" else tool) is None:
            raise Trouble(f"{purpose} needs {_WANTED[tool]}, and there is no `{tool}` on PATH: install it and repeat.")
    if "java" in wanted:
        _check_version(wanted["java"], "java", (java(), "-version"), r'version "(\d+)', JAVA_AT_LEAST)
    if "node" in wanted:
        _check_version(wanted["node"], "node", ("node", "--version"), r"v(\d+)", NODE_AT_LEAST)


def check_disk(home: Path, missing: Iterable[Download]) -> None:
    """Room for what is to be downloaded and for the data of a running system, before either begins."""
    needs = {home: _HOME_MB}
    if download_mb := sum(download.size_mb for download in missing):
        same = _standing(cache()).stat().st_dev == _standing(home).stat().st_dev
        needs = {home: _HOME_MB + download_mb} if same else {home: _HOME_MB, cache(): download_mb}
    for place, mb in needs.items():
        free_mb = shutil.disk_usage(_standing(place)).free // 2**20
        if free_mb < mb:
            raise Trouble(
                f"The disk that holds {place} has {free_mb} MB free and Sangam needs {mb} MB there: "
                "free some space and run the same command again."
            )


def check_ports(ports: Ports, parts: Iterable[Part]) -> None:
    """That nobody else listens where these parts will."""
    for part in parts:
        for name in part.ports:
            port = ports.of(name)
            if taken(port):
                who = holder(port)
                by = f" by {who}" if who else ""
                raise Trouble(
                    f"Port {port}, which {part.title} needs, is in use{by}: "
                    "stop that, or choose other ports with SANGAM_PORTS_BASE."
                )


def _check_version(purpose: str, tool: str, command: Sequence[str | Path], pattern: str, at_least: int) -> None:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(pattern, answer.stdout + answer.stderr)
    if found is None:
        raise Trouble(f"{purpose} needs {_WANTED[tool]}, and `{tool}` on PATH does not say which version it is.")
    if int(found[1]) < at_least:
        raise Trouble(f"{purpose} needs {_WANTED[tool]}, and `{tool}` on PATH is version {found[1]}: install that.")


def _standing(path: Path) -> Path:
    """The nearest folder that exists."""
    return path if path.exists() else _standing(path.parent)
