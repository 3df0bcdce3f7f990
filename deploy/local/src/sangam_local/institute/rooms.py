"""Forty rooms over three campuses, from a seminar room to an auditorium."""

import random

from sangam_local.institute.model import Room

_SHAPES: dict[str, list[tuple[str, int, tuple[int, int], tuple[str, ...]]]] = {
    "puducherry": [
        ("Auditorium", 1, (220, 220), ("projector", "sound", "hybrid")),
        ("Lecture Hall", 6, (60, 120), ("projector", "sound")),
        ("Training Room", 7, (36, 48), ("projector", "whiteboard")),
        ("Seminar Room", 4, (16, 30), ("whiteboard",)),
        ("Simulation Lab", 2, (18, 24), ("projector", "simulation")),
    ],
    "karaikal": [
        ("Auditorium", 1, (120, 120), ("projector", "sound", "hybrid")),
        ("Lecture Hall", 3, (50, 80), ("projector", "sound")),
        ("Training Room", 4, (30, 40), ("projector", "whiteboard")),
        ("Seminar Room", 3, (14, 24), ("whiteboard",)),
    ],
    "yanam": [
        ("Hall", 2, (60, 90), ("projector", "sound", "hybrid")),
        ("Training Room", 4, (28, 36), ("projector", "whiteboard")),
        ("Seminar Room", 3, (12, 20), ("whiteboard",)),
    ],
}


def rooms(rng: random.Random) -> tuple[Room, ...]:
    """A kind of which a campus has one needs no number."""
    return tuple(
        Room(campus, name if count == 1 else f"{name} {number}", rng.randint(*capacity), features)
        for campus, shapes in _SHAPES.items()
        for name, count, capacity, features in shapes
        for number in range(1, count + 1)
    )
