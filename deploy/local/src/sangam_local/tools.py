"""Runs another program to its end; its failure becomes one sentence that says where the rest is."""

import asyncio
import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from sangam_local.trouble import Trouble

_NO_SPACE = ("No space left on device", "ENOSPC", "Disk quota exceeded")


async def run_tool(
    command: Sequence[str | Path], what: str, *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    """Its standard output. `what` begins the sentence: "Formatting Kafka's storage"."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = (stream.decode(errors="replace") for stream in await process.communicate())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return out
    if says_disk_full(out + err):
        raise OSError(errno.ENOSPC, f"{what} found no space left")
    raise Trouble(f"{what} failed: {_last_words(err) or _last_words(out) or f'exit code {process.returncode}'}")


def says_disk_full(output: str) -> bool:
    return any(sign in output for sign in _NO_SPACE)


def _last_words(output: str) -> str:
    """The line that most likely says why: the first error, else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line or "npm error" in line]
    return (errors or lines[-1:] or [""])[0][:300]
