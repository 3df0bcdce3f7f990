"""What stands in the way of a start is told in one sentence, with exit code 1 and without a traceback."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from sangam_local.home import CHECKOUT
from sangam_local.ports import HOST, Ports

Sentence = str


def sentence_of(command: Sequence[str | Path], env: Mapping[str, str]) -> Sentence:
    """Runs what must fail, and answers all that it said."""
    answer = subprocess.run(command, env=env, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=120)

    assert answer.returncode == 1, answer.stderr
    assert answer.stdout == ""
    assert answer.stderr.startswith("sangam: ")
    assert answer.stderr.count("\n") == 1, answer.stderr
    return answer.stderr


def up(*parts: str) -> Sequence[str | Path]:
    return (sys.executable, "-m", "sangam_local", "up", "--only", ",".join(parts))


@pytest.fixture
def ports() -> Ports:
    return Ports.free()


@pytest.fixture
def env(tmp_path: Path, ports: Ports) -> dict[str, str]:
    """A home of its own; what is already downloaded stays in reach."""
    inherited = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    return {**inherited, "SANGAM_HOME": str(tmp_path / "home"), "SANGAM_PORTS_BASE": str(ports.gateway)}


def path_with(folder: Path, *tools: str) -> str:
    """A PATH that has these tools of the machine and no others."""
    folder.mkdir()
    for tool in tools:
        found = shutil.which(tool)
        assert found is not None, f"this test needs {tool}"
        (folder / tool).symlink_to(found)
    return str(folder)


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_bound_port_is_named_with_the_part_and_who_holds_it(env: dict[str, str], ports: Ports) -> None:
    with socket.create_server((HOST, ports.kafka)):
        said = sentence_of(up("kafka"), env)

    assert f"Port {ports.kafka}, which Apache Kafka needs, is in use by " in said
    assert f"process {os.getpid()}" in said


def test_a_path_without_java(env: dict[str, str], tmp_path: Path) -> None:
    env["PATH"] = path_with(tmp_path / "bin", "node")

    assert "Apache Kafka needs a JDK, version 17 or newer, and there is no `java` on PATH" in sentence_of(
        up("kafka"), env
    )


def test_a_java_that_is_too_old(env: dict[str, str], tmp_path: Path) -> None:
    java = program(tmp_path / "old", "java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2")
    env["PATH"] = f"{java.parent}:{env['PATH']}"

    assert "needs a JDK, version 17 or newer, and `java` on PATH is version 11" in sentence_of(up("kafka"), env)


def test_a_path_without_maven_when_there_is_something_to_download(env: dict[str, str], tmp_path: Path) -> None:
    env["PATH"] = path_with(tmp_path / "bin", "java")
    env["SANGAM_CACHE"] = str(tmp_path / "cache")

    assert "downloading kafka needs Apache Maven, and there is no `mvn` on PATH" in sentence_of(up("kafka"), env)


def test_a_path_without_node(env: dict[str, str], tmp_path: Path) -> None:
    env["PATH"] = path_with(tmp_path / "bin", "java")

    assert "Mail catcher needs Node.js, version 20 or newer, and there is no `node` on PATH" in sentence_of(
        up("mailbox"), env
    )


def test_a_small_full_file_system(env: dict[str, str]) -> None:
    said = sentence_of(on_a_full_disk(Path(env["SANGAM_HOME"]), *up("kafka")), env)

    assert f"The disk that holds {env['SANGAM_HOME']} has 0 MB free and Sangam needs" in said


def test_a_disk_that_fills_up_on_the_way(env: dict[str, str], tmp_path: Path) -> None:
    cache, home = tmp_path / "cache", Path(env["SANGAM_HOME"])
    env["SANGAM_CACHE"] = str(cache)
    # What a download does on a disk that was not full when it began: Maven itself writes, and finds no room.
    mvn = program(tmp_path / "bin", "mvn", f"head -c 2000000 /dev/zero > {cache}/.jar")
    env["PATH"] = f"{mvn.parent}:{env['PATH']}"
    fetch = (
        "import asyncio; from sangam_local import cli, downloads;"
        "cli.told(lambda: asyncio.run(downloads.make(downloads.KAFKA)))"
    )

    said = sentence_of(on_a_full_disk(cache, sys.executable, "-c", fetch), env)

    assert said == f"sangam: The disk that holds {cache} is full: free some space and run the same command again.\n"
    assert not home.exists()


def on_a_full_disk(folder: Path, *command: str | Path) -> Sequence[str | Path]:
    """The command with a file system of 1 MB at `folder`, seen by this command alone and gone with it."""
    folder.mkdir()
    as_root = () if os.getuid() == 0 else ("--map-root-user",)
    fill = f'mount -t tmpfs -o size=1m tmpfs {folder} && head -c 400000 /dev/zero > {folder}/full && exec "$@"'
    return ("unshare", *as_root, "--mount", "sh", "-c", fill, "sh", *command)


def test_a_checkout_without_python_or_with_an_old_one(env: dict[str, str], tmp_path: Path) -> None:
    make_venv = CHECKOUT / "deploy" / "local" / "venv.sh"
    old = program(tmp_path / "old", "python-old", "exit 1")

    assert "There is no `python-none` on PATH" in sentence_of([make_venv], {**env, "PYTHON": "python-none"})
    assert f"`{old}` is older than Python 3.11" in sentence_of([make_venv], {**env, "PYTHON": str(old)})


def test_asking_what_runs_when_nothing_does(env: dict[str, str]) -> None:
    for command in ("status", "urls"):
        assert "Sangam does not run: start it with `make up`." in sentence_of(
            (sys.executable, "-m", "sangam_local", command), env
        )
