"""How the Java parts run on a small machine: modest heaps, the quick compiler, the collector without threads."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Dfile.encoding=UTF-8")


def java() -> Path:
    """The launcher: JAVA_HOME's if that is set, else the one on PATH."""
    home = os.environ.get("JAVA_HOME")
    named = Path(home) / "bin" / "java" if home else None
    return named if named and named.exists() else Path(shutil.which("java") or "java")


def command(heap_mb: int, *rest: str | Path) -> Sequence[str | Path]:
    return (java(), f"-Xmx{heap_mb}m", *QUICK, *rest)
