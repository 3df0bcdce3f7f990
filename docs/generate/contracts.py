"""services/<producer>/contracts/<type>: the schema of an event, the schemas it replaced, and examples.

An event that code tells no more keeps its folder: its topic is kept for ever, and consumers go on reading it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from common.event import Event
from docs.generate.compatibility import complaints, shape
from docs.generate.examples import documents
from docs.generate.schemas import Schema, schema_of
from docs.generate.services import Service


class Incompatible(Exception):
    """Classes were changed so that somebody could not read what is told; each sentence says what, and what to do."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))


@dataclass(frozen=True, slots=True)
class Contract:
    folder: Path
    schema: Schema

    @classmethod
    def read(cls, folder: Path) -> Self:
        return cls(folder, _read(folder / "schema.json"))

    @classmethod
    def of(cls, service: str, kind: type[Event], root: Path) -> Self:
        return cls(root / "services" / service / "contracts" / kind.event_type, schema_of(kind))

    @property
    def type(self) -> str:
        return self.folder.name

    @property
    def producer(self) -> str:
        return self.folder.parent.parent.name

    @property
    def topic(self) -> str:
        return str(self.schema["x-topic"])

    def earlier(self) -> Sequence[Path]:
        """The schemas that were replaced, oldest first."""
        return sorted(self.folder.glob("history/*.json"))

    def examples(self) -> dict[str, str]:
        return {path.stem: path.read_text() for path in sorted(self.folder.glob("examples/*.json"))}

    def complaints(self) -> Iterable[str]:
        """Why this schema may not follow all those that were ever committed for its type."""
        for path in (*self.earlier(), self.folder / "schema.json"):
            for said in complaints(_read(path), self.schema) if path.exists() else ():
                yield f"{said} (see {path.relative_to(self.folder)})"


def committed(root: Path) -> list[Contract]:
    """Every contract there is, also of types that are told no more."""
    return [Contract.read(path.parent) for path in sorted(root.glob("services/*/contracts/*/schema.json"))]


def contracts(found: Sequence[Service], root: Path) -> list[Contract]:
    """What the classes say now, and the committed word about types that no class tells any more."""
    told = [Contract.of(service.name, kind, root) for service in found for kind in service.events]
    folders = {contract.folder for contract in told}
    return told + [contract for contract in committed(root) if contract.folder not in folders]


def files(found: Sequence[Service], root: Path) -> dict[Path, str]:
    """What the folders of the told types must hold. Raises Incompatible before anything is written."""
    wanted: dict[Path, str] = {}
    refused: list[str] = []
    for service in found:
        for kind in service.events:
            contract = Contract.of(service.name, kind, root)
            refused += _refusals(contract)
            wanted |= _history(contract)
            wanted[contract.folder / "schema.json"] = _json(contract.schema)
            wanted |= {contract.folder / f"examples/{name}.json": text for name, text in documents(kind).items()}
    if refused:
        raise Incompatible(refused)
    return wanted


def surplus(wanted: Iterable[Path]) -> list[Path]:
    """What lies in the folders of these files and is none of them, such as an example nobody makes any more."""
    known = set(wanted)
    folders = sorted(path.parent for path in known if path.name == "schema.json")
    return [path for folder in folders for path in sorted(folder.rglob("*.json")) if path not in known]


def _history(contract: Contract) -> dict[Path, str]:
    kept = {path: path.read_text() for path in contract.earlier()}
    current = contract.folder / "schema.json"
    if current.exists() and shape(_read(current)) != shape(contract.schema):
        kept[contract.folder / f"history/{len(kept) + 1:04d}.json"] = current.read_text()
    return kept


def _refusals(contract: Contract) -> Iterable[str]:
    stem, _, version = contract.type.rpartition(".v")
    for said in contract.complaints():
        yield (
            f"{contract.type}: {said}. Its events are kept for ever and consumers know them: "
            f"leave it as it was and tell a new type, {stem}.v{int(version) + 1}."
        )


def _read(path: Path) -> Schema:
    found: Schema = json.loads(path.read_text())
    return found


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
