"""Runs parts and jobs in the order of what each needs, as many at once as that allows."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from sangam_local.part import Job, Part
from sangam_local.trouble import Trouble

Item = Part | Job


class Progress(Protocol):
    """Whoever shows a person how far a start has come."""

    def expect(self, name: str, title: str) -> None: ...

    def began(self, name: str) -> None: ...

    def finished(self, name: str) -> None: ...


class Silence:
    """Progress that nobody watches."""

    def expect(self, name: str, title: str) -> None:
        pass

    def began(self, name: str) -> None:
        pass

    def finished(self, name: str) -> None:
        pass


async def in_order(items: Iterable[Item], act: Callable[[Item], Awaitable[None]], progress: Progress) -> None:
    """Act on each item once all that it comes `after` are done; the first trouble cancels the rest and is raised."""
    todo = {item.name: item for item in items}
    done = {name: asyncio.Event() for name in todo}

    async def go(item: Item) -> None:
        for name in item.after & todo.keys():
            await done[name].wait()
        progress.began(item.name)
        await act(item)
        progress.finished(item.name)
        done[item.name].set()

    for item in todo.values():
        progress.expect(item.name, item.title)
    try:
        async with asyncio.TaskGroup() as group:
            for item in todo.values():
                group.create_task(go(item))
    except* Trouble as troubles:
        raise _first(troubles) from None
    except* OSError as errors:
        raise _first(errors) from None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
