"""The benchmark of the hot offering with tiny numbers, and its verdict on seats that went wrong."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.hot.__main__ import ALONE, BARE, NAIVE, OURS, SILENT, TUNED, Rush, summary
from benchmarks.hot.rows import TOPIC
from benchmarks.hot.rush import Answered
from benchmarks.hot.stage import PARTS, Stage
from benchmarks.hot.verdict import Place, Turn, faults
from benchmarks.ours import make_topic
from benchmarks.spans import collector
from tests.support.system import running


async def test_the_seats_are_exact_whoever_decides(tmp_path: Path) -> None:
    async with running(tmp_path, PARTS) as system, collector() as spans:
        await make_topic(system.urls()["kafka"], TOPIC)
        held = Rush(await Stage.furnish(system, 12), 4, 4, spans, tmp_path / "arrivals")

        laps = {name: [await held.turn(name)] for name in (OURS, NAIVE, TUNED, BARE)}

    figures = summary({SILENT: laps[OURS], ALONE: laps[OURS], **laps})
    assert figures.keys() >= {"vs_naive", "vs_naive_tuned", "vs_bare", "per_second"}


def a_turn() -> Turn:
    """Two seats, four people; each asks when the one before was answered."""
    places = {
        "a": Place("confirmed", 1, None),
        "b": Place("confirmed", 2, None),
        "c": Place("waitlisted", 3, 1),
        "d": Place("waitlisted", 4, 2),
    }
    answers = [
        Answered(person, at, at + 0.5, 201, {"state": place.state, "queue_no": place.queue_no})
        for at, (person, place) in enumerate(places.items())
    ]
    return Turn(seats=2, answers=answers, places=places, facts=4, arrivals=["a", "b", "c", "d"])


def with_places(**changed: Place) -> Turn:
    """What was told is what is stored, as long as somebody is stored."""
    turn = a_turn()
    places = {**turn.places, **changed}
    said = {p: {"state": place.state, "queue_no": place.queue_no} for p, place in places.items()}
    return replace(turn, places=places, answers=[replace(one, body=said[one.person]) for one in turn.answers])


def test_an_exact_turn_has_no_faults() -> None:
    assert faults(a_turn()) == []


CONFIRMED, WAITLISTED = Place("confirmed", 1, None), Place("waitlisted", 3, 1)


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (with_places(c=Place("confirmed", 3, None)), "3 confirmed, not 2"),
        (with_places(c=Place("offered", 3, None)), "1 offered, not 0"),
        (with_places(b=Place("confirmed", 5, None)), "queue numbers with gaps or twice"),
        (with_places(b=CONFIRMED), "queue numbers with gaps or twice"),
        (with_places(b=Place("waitlisted", 2, 1), c=Place("confirmed", 3, None)), "1 of the first 2 have no seat"),
        (with_places(d=Place("waitlisted", 4, 3)), "ranks with gaps or out of order"),
        (with_places(a=replace(CONFIRMED, queue_no=2), b=CONFIRMED), "1 came in front of somebody answered before"),
        (replace(a_turn(), arrivals=["b", "a", "c", "d"]), "2 of 4 do not stand in the order of their arrival"),
        (replace(a_turn(), arrivals=["a", "b", "c"]), "1 of 4 do not stand in the order of their arrival"),
        (replace(a_turn(), facts=5), "5 facts of 4 decisions"),
        (
            replace(a_turn(), places={k: v for k, v in a_turn().places.items() if k != "d"}),
            "1 were told something else",
        ),
        (replace(a_turn(), answers=[replace(o, status=503) for o in a_turn().answers]), "4 refused, such as 503"),
    ],
)
def test_the_verdict_finds(turn: Turn, said: str) -> None:
    assert any(line.startswith(said) for line in faults(turn)), faults(turn)
