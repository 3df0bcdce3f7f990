"""docs/actors.md: who may use which command (A-01), from each service's application/actors.py."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec

from docs.generate.services import NAMES

INTRODUCTION = """\
# Who may do what

A command is open to those named here (rule A-01); which things they may do it to is decided by campus and by what they
have to do with it, and what an actor may not know of answers 404 (P-03). *The trainee*, *the approver* and the like are
relations: any account that is a person may stand in one, and the domain looks whether this one does.
"""


def tables() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Service → command → actors, as far as services declare it."""
    declared = [name for name in NAMES if find_spec(f"{name}.application.actors")]
    return {name: import_module(f"{name}.application.actors").ACTORS for name in declared}


def page() -> str:
    blocks = [INTRODUCTION]
    for service, table in tables().items():
        rows = [f"| `{command}` | {_said(actors)} |" for command, actors in sorted(table.items())]
        blocks.append("\n".join([f"## {service}", "", "| command | actors |", "|---|---|", *rows, ""]))
    return "\n".join(blocks)


def _said(actors: Sequence[str]) -> str:
    return ", ".join(actor.replace("_", " ") for actor in actors)
