"""Keycloak with the imported realm, started from a build and an empty database that the downloads already hold."""

import asyncio
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from sangam_local import downloads, identity
from sangam_local.downloads import Download
from sangam_local.identity.private import kept
from sangam_local.part import Part, Place
from sangam_local.parts import java
from sangam_local.ports import HOST, Ports
from sangam_local.probe import INTERVAL_S, answers
from sangam_local.trouble import Trouble

_SHARED = ("lib", "providers", "themes")
_FIRST_HEAP_MB = 512


def part(place: Place) -> Part:
    ports = place.chosen_ports()
    folder = place.home.data / "identity"
    template = DATABASE.place()

    async def prepare() -> None:
        if not (folder / "data" / "h2").exists():
            lay_out(folder)
            shutil.copytree(template / "data" / "h2", folder / "data" / "h2")
        identity.passwords(place.home.root, admin=(template / "admin-password").read_text())
        imports = folder / "data" / "import"
        imports.mkdir(parents=True, exist_ok=True)
        shutil.copy(identity.realm(ports, place.home.root), imports / "sangam-realm.json")

    return Part(
        name="identity",
        title="Keycloak",
        command=command(
            folder,
            f"-XX:SharedArchiveFile={template / 'classes.jsa'}",
            "start",
            "--optimized",
            "--import-realm",
            f"--http-port={place.ports.identity}",
            f"--hostname={identity.base_url(ports)}",
        ),
        ports=("identity",),
        tools=("java",),
        downloads=(downloads.KEYCLOAK, DATABASE),
        prepare=prepare,
        ready=answers(f"{identity.base_url(ports)}/realms/sangam"),
        patience_s=180,
    )


def lay_out(folder: Path) -> None:
    """A Keycloak home of its own that shares the program with all others."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "conf").mkdir(exist_ok=True)
    for name in _SHARED:
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(downloads.KEYCLOAK.place() / name)


def command(folder: Path, java_option: str, verb: str, *options: str) -> Sequence[str | Path]:
    """What `kc.sh` would run, without its shell in between and with `folder` as the home."""
    packages = ("java.util", "java.util.concurrent", "java.security")
    return java.command(
        _FIRST_HEAP_MB,
        java_option,
        "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
        "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in packages),
        f"-Dkc.home.dir={folder}",
        "-cp",
        downloads.KEYCLOAK.place() / "lib" / "quarkus-run.jar",
        "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
        verb,
        *options,
        "--http-enabled=true",
        f"--http-host={HOST}",
        "--cache=local",
    )


async def _first_start(folder: Path) -> None:
    """Let Keycloak make its empty database once, and keep the classes it loaded: both are most of a first start."""
    lay_out(folder)
    admin = kept(folder / "admin-password", lambda: secrets.token_urlsafe(18))
    env = {**os.environ, "KC_BOOTSTRAP_ADMIN_USERNAME": "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD": admin}
    port = Ports.free().identity
    options = (f"-XX:ArchiveClassesAtExit={folder / 'classes.jsa'}", "start", "--optimized", f"--http-port={port}")
    with (folder / "start.log").open("wb") as log:
        server = await asyncio.create_subprocess_exec(
            *command(folder, *options, "--hostname-strict=false"), stdout=log, stderr=log, env=env
        )
        ready = answers(f"http://{HOST}:{port}/realms/master")
        try:
            while not await ready():
                if server.returncode is not None:
                    raise Trouble(f"Keycloak does not start: {(folder / 'start.log').read_text()[-300:]}")
                await asyncio.sleep(INTERVAL_S)
        finally:
            if server.returncode is None:
                server.terminate()
                await server.wait()


DATABASE = Download("keycloak-database", "keycloak", ("java",), 150, _first_start)
