"""The other versions can be made from this checkout, or it is said clearly why not."""

from pathlib import Path

import pytest

from tests.faults import versions


def test_the_next_version_has_one_more_field_and_one_more_type(tmp_path: Path) -> None:
    made = versions.later(tmp_path) / "services/enrolment/src/enrolment"

    events = (made / "domain/events.py").read_text()
    assert f"    {versions.NEW_FIELD}: int = 7" in events
    assert versions.NEW_TYPE in events
    assert "tx.emit(EnrolmentApplauded(" in (made / "application/seats.py").read_text()


def test_a_clone_without_the_earlier_commit_says_so_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "EARLIER", "0" * 40)

    with pytest.raises(versions.NoHistory, match="fetch the whole history of main"):
        versions.earlier(tmp_path)
