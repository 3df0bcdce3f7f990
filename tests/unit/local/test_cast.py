"""What a story expects is worked out from the file and the shares alone."""

import csv
import io
import random
from collections import Counter

import pytest

from sangam_local.institute import Institute, reference_institute
from sangam_local.story.cast import NOMINATED, SHARES, Cast, choose
from sangam_local.story.fault import StoryFault


@pytest.fixture(scope="module")
def institute() -> Institute:
    return reference_institute(2026)


@pytest.fixture(scope="module", params=range(5))
def cast(request: pytest.FixtureRequest, institute: Institute) -> Cast:
    return choose(institute, (), random.Random(request.param))


def test_forty_good_rows_and_two_bad_ones(cast: Cast) -> None:
    rows = list(csv.DictReader(io.StringIO(cast.csv())))

    assert len(rows) == len(cast.rows) == 42
    assert [row["employee_id"].startswith("=") for row in rows].count(True) == 1
    assert Counter(person.campus for person in cast.nominees) == NOMINATED


def test_each_share_is_filled_in_the_order_of_approval(cast: Cast) -> None:
    assert Counter(person.campus for person in cast.confirmed) == SHARES
    for share, seats in SHARES.items():
        approved = [person for person in cast.approvals if person.campus == share]
        assert set(approved[:seats]) <= set(cast.confirmed)
        assert set(approved[seats:]) == set(cast.waiting[share])


def test_each_queue_is_in_the_order_of_the_file(cast: Cast) -> None:
    place = {person.employee_id: number for number, person in enumerate(cast.nominees)}

    for queue in cast.waiting.values():
        numbers = [place[person.employee_id] for person in queue]
        assert numbers == sorted(numbers)
    assert cast.promoted.campus == cast.leaves.campus


def test_after_one_left_every_seat_is_taken_again(cast: Cast) -> None:
    assert len(cast.seated) == len(set(cast.seated)) == sum(SHARES.values())
    assert {*cast.seated, *cast.left_waiting, cast.leaves} == set(cast.nominees)


def test_all_languages_are_among_the_confirmed(cast: Cast) -> None:
    assert {person.languages[0] for person in cast.confirmed} == {"en", "hi", "ta"}


def test_nobody_plays_twice_and_an_exhausted_institute_says_so(institute: Institute) -> None:
    used: set[str] = set()

    for number in range(20):
        chosen = {person.employee_id for person in choose(institute, used, random.Random(number)).nominees}
        assert not chosen & used
        used |= chosen

    everybody = {person.employee_id for person in institute.people}
    with pytest.raises(StoryFault, match="make reset"):
        choose(institute, everybody, random.Random(0))
