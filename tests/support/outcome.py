"""How a story must end, whatever happened on the way; the numbers follow from the file, the shares and the rules."""

from collections import Counter

from sangam_local.story import TITLES, StoryReport

STATES = {"certified": 31, "not_completed": 1, "withdrawn": 1, "lapsed": 7}
# asked 40, told 32 + 8, withdrawal 3, promoted 1, moved 32, queue 7, certificates 31, facilitators twice
MAILS_BUT_TWO_PER_FACILITATOR = 40 + 40 + 3 + 1 + 32 + 7 + 31
SMS = 32 + 1 + 1 + 32


def check_ending(report: StoryReport) -> None:
    assert [step.title for step in report.steps] == list(TITLES)
    assert Counter(report.outcome.values()) == STATES
    facilitators = (report.mails - MAILS_BUT_TWO_PER_FACILITATOR) / 2
    assert facilitators in (2, 3, 4)
    assert report.sms == SMS
