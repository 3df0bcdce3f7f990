"""The last step holds ledger and catchers against one another."""

import pytest

from sangam_local.story.ending import agree
from sangam_local.story.fault import StoryFault


def delivery(reference: str, state: str = "sent", lost: int = 0) -> dict[str, object]:
    return {"reference": reference, "state": state, "lost_answers": lost}


def test_what_was_sent_has_arrived() -> None:
    agree([delivery("1.email"), delivery("2.email", "dropped")], {"1.email"}, "mails")


def test_a_message_that_is_called_sent_and_did_not_arrive_is_missing() -> None:
    with pytest.raises(StoryFault, match=r"missing \['1.email'\]"):
        agree([delivery("1.email")], set(), "mails")


def test_a_message_that_arrived_although_it_was_dropped_shows_its_lost_answer() -> None:
    agree([delivery("1.email", "dropped", lost=1)], {"1.email"}, "mails")

    with pytest.raises(StoryFault, match=r"not expected \['1.email'\]"):
        agree([delivery("1.email", "dropped")], {"1.email"}, "mails")
