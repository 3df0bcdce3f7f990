"""A copy of the checkout in which one text is replaced, and the proof that Python imports from it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.mutants import Mutant

NEEDED = ("libs", "services", "deploy", "tests", "docs", "benchmarks", "pyproject.toml")
LEFT = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis", ".sangam", ".venv")


class NotApplied(Exception):
    """The text to replace is not there exactly once."""


class NotTheCopy(Exception):
    """A package would be imported from elsewhere."""


@dataclass(frozen=True, slots=True)
class Checkout:
    root: Path

    def apply(self, mutant: Mutant) -> None:
        """Raises NotApplied."""
        file = self.root / mutant.file
        text = file.read_text() if file.exists() else ""
        if (count := text.count(mutant.before)) != 1:
            raise NotApplied(f"{mutant.file} has the text {count} times")
        file.write_text(text.replace(mutant.before, mutant.after))

    @property
    def sources(self) -> list[Path]:
        return sorted(path for path in self.root.glob("*/**/src") if path.is_dir())

    @property
    def environment(self) -> Mapping[str, str]:
        """The copy's packages before the installed ones, and no compiled file that could outlive a change."""
        path = os.pathsep.join(map(str, self.sources))
        return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}

    def check_imports(self) -> None:
        """Raises NotTheCopy."""
        names = [package.parent.name for source in self.sources for package in source.glob("*/__init__.py")]
        ask = "import importlib, sys\nfor name in sys.argv[1:]: print(importlib.import_module(name).__file__)"
        command = [sys.executable, "-c", ask, *names]
        said = subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=True)
        files = [Path(line) for line in said.stdout.splitlines()]
        if elsewhere := [str(file) for file in files if not file.is_relative_to(self.root)]:
            raise NotTheCopy(", ".join(elsewhere))


@contextmanager
def a_copy(root: Path) -> Iterator[Checkout]:
    with TemporaryDirectory(prefix="sangam-mutant-") as folder:
        copy = Checkout(Path(folder).resolve())
        for name in NEEDED:
            if (root / name).is_dir():
                shutil.copytree(root / name, copy.root / name, ignore=LEFT, symlinks=True)
            elif (root / name).exists():
                shutil.copy2(root / name, copy.root / name)
        copy.check_imports()
        yield copy
