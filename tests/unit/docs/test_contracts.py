"""The generator keeps every schema that was committed, and refuses what would break somebody."""

import json
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field

from common.event import Event
from docs.generate.contracts import Incompatible, committed, contracts, files, surplus
from docs.generate.schemas import schema_of
from docs.generate.services import Service

FOLDER = Path("services/tea/contracts/sangam.tea.made.v1")


class TeaMade(Event):
    """A cup is ready."""

    event_type: ClassVar[str] = "sangam.tea.made.v1"
    topic: ClassVar[str] = "tea-events"
    key_field: ClassVar[str] = "cup"

    cup: str
    degrees: int


class WithMilk(TeaMade):
    """A cup is ready, perhaps with milk."""

    milk: bool = False


class WithMilkAndSugar(WithMilk):
    sugar: int | None = None


class Cold(Event):
    event_type: ClassVar[str] = "sangam.tea.made.v1"
    topic: ClassVar[str] = "tea-events"
    key_field: ClassVar[str] = "cup"

    cup: str


class Fahrenheit(TeaMade):
    degrees: float  # type: ignore[assignment]


class SugarInWords(WithMilk):
    sugar: str | None = None


class Reworded(TeaMade):
    """It can be drunk."""

    cup: str = Field(description="Which one.")


def tea(*events: type[Event]) -> list[Service]:
    return [Service("tea", events, {}, ())]


def generate(root: Path, *events: type[Event]) -> None:
    wanted = files(tea(*events), root)
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in surplus(wanted):
        path.unlink()


def lying(root: Path) -> dict[str, str]:
    return {path.relative_to(root / FOLDER).as_posix(): path.read_text() for path in sorted(root.rglob("*.json"))}


def test_a_new_event_gets_a_schema_and_examples(tmp_path: Path) -> None:
    generate(tmp_path, WithMilk)

    assert lying(tmp_path).keys() == {"schema.json", "examples/full.json", "examples/minimal.json"}
    assert json.loads(lying(tmp_path)["examples/full.json"]) == {"cup": "cup", "degrees": 3, "milk": True}
    assert json.loads(lying(tmp_path)["examples/minimal.json"]) == {"cup": "cup", "degrees": 3}


def test_generating_again_changes_nothing(tmp_path: Path) -> None:
    generate(tmp_path, TeaMade)
    before = lying(tmp_path)

    generate(tmp_path, TeaMade)

    assert lying(tmp_path) == before


def test_every_replaced_schema_is_kept_in_order(tmp_path: Path) -> None:
    schemas = []
    for kind in (TeaMade, WithMilk, WithMilkAndSugar):
        generate(tmp_path, kind)
        schemas.append(lying(tmp_path)["schema.json"])

    assert [lying(tmp_path)[f"history/{number}.json"] for number in ("0001", "0002")] == schemas[:2]
    assert lying(tmp_path)["schema.json"] == schemas[2]


def test_other_texts_for_people_are_no_other_schema(tmp_path: Path) -> None:
    generate(tmp_path, TeaMade)

    generate(tmp_path, Reworded)

    assert "It can be drunk." in lying(tmp_path)["schema.json"]
    assert not [name for name in lying(tmp_path) if name.startswith("history")]


@pytest.mark.rule("E1")
@pytest.mark.parametrize(
    ("kind", "what"), [(Cold, "`degrees` is gone"), (Fahrenheit, "`degrees` was 'integer' and would be 'number'")]
)
def test_a_breaking_change_is_refused_with_what_to_do_instead(tmp_path: Path, kind: type[Event], what: str) -> None:
    generate(tmp_path, TeaMade)
    before = lying(tmp_path)

    with pytest.raises(Incompatible) as refusal:
        generate(tmp_path, kind)

    assert what in str(refusal.value)
    assert "tell a new type, sangam.tea.made.v2" in str(refusal.value)
    assert lying(tmp_path) == before


@pytest.mark.rule("E1")
def test_a_change_is_held_against_every_earlier_schema_and_not_the_last_only(tmp_path: Path) -> None:
    """As if an earlier change had slipped through: only the history still knows that sugar was counted."""
    generate(tmp_path, WithMilk)
    earlier = tmp_path / FOLDER / "history/0001.json"
    earlier.parent.mkdir()
    earlier.write_text(json.dumps(schema_of(WithMilkAndSugar)))

    with pytest.raises(Incompatible, match=r"type of `sugar` was 'integer' and would be 'string' \(see history/0001"):
        generate(tmp_path, SugarInWords)


def test_an_example_that_nobody_makes_any_more_is_removed(tmp_path: Path) -> None:
    generate(tmp_path, TeaMade)
    left_over = tmp_path / FOLDER / "examples/left-over.json"
    left_over.write_text("{}")

    generate(tmp_path, TeaMade)

    assert not left_over.exists()


def test_a_contract_outlives_its_class(tmp_path: Path) -> None:
    generate(tmp_path, TeaMade)
    before = lying(tmp_path)

    generate(tmp_path)

    assert lying(tmp_path) == before
    assert [contract.type for contract in committed(tmp_path)] == ["sangam.tea.made.v1"]
    assert [contract.type for contract in contracts(tea(), tmp_path)] == ["sangam.tea.made.v1"]
