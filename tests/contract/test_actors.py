"""A-01: the table of actors names the commands there are, and leaves out none that an actor gives."""

import inspect
from collections.abc import Iterable
from dataclasses import fields
from importlib import import_module
from typing import Any, get_type_hints

import pytest

from docs.generate.actors import tables
from docs.generate.services import ROOT

TABLES = tables()


@pytest.mark.rule("A-01")
@pytest.mark.parametrize("service", TABLES)
def test_every_command_names_its_actors(service: str) -> None:
    commands = {kind.__name__: kind for kind in _commands(service)}
    given = {name for name, kind in commands.items() if "actor" in {field.name for field in fields(kind)}}

    assert given - TABLES[service].keys() == set()
    assert TABLES[service].keys() - commands.keys() == set()
    assert all(TABLES[service].values())


def _commands(service: str) -> Iterable[type[Any]]:
    """The classes that the handlers of application/ take."""
    for path in (ROOT / f"services/{service}/src/{service}/application").glob("*.py"):
        module = import_module(f"{service}.application.{path.stem}")
        for handler in vars(module).values():
            if inspect.iscoroutinefunction(handler) and "command" in inspect.signature(handler).parameters:
                yield get_type_hints(handler)["command"]
