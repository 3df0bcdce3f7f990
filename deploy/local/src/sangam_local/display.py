"""What a person sees of a start: one line per part, live on a terminal, plain where there is none."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Display:
    """A `plan.Progress`; use it as a context."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._titles: dict[str, str] = {}
        self._began: dict[str, float] = {}

    def expect(self, name: str, title: str) -> None:
        self._titles[name] = title
        self._tasks[name] = self._bars.add_task(f"[dim]{title}[/]", start=False, total=1)

    def began(self, name: str) -> None:
        self._began[name] = time.monotonic()
        self._bars.start_task(self._tasks[name])
        self._bars.update(self._tasks[name], description=self._titles[name])

    def finished(self, name: str) -> None:
        self._bars.update(self._tasks[name], completed=1)
        if not self._console.is_terminal:
            took = time.monotonic() - self._began[name]
            self._console.print(f"{self._titles[name]}: ready after {took:.1f} s", highlight=False)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()
