"""The checker is checked: a run that keeps its promises passes, and each way of breaking one is seen as that."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.history import History, Said
from tests.faults.judge import backbone, commands, notices, progress
from tests.faults.judge.progress import Beat, Incident, Restart
from tests.faults.judge.verdict import Verdict
from tests.faults.sinks import Submitted
from tests.faults.views import View
from tests.unit.faults.small import (
    ANN,
    BEN,
    END,
    OFFERING,
    STREAM,
    a_history,
    a_letter,
    a_notice,
    a_view,
    an_item,
    facts,
    spans,
    with_dump,
)

Judged = Callable[[History, View], Verdict]

JUDGES: dict[str, Judged] = {
    "D1": backbone.nothing_is_lost,
    "D2": backbone.refusals_leave_nothing,
    "O1": lambda history, view: backbone.keys_are_in_order(view),
    "O2": lambda history, view: backbone.only_its_own_key(view, ()),
    "I1": lambda history, view: backbone.nothing_changed(a_view(), view),
    "I2": commands.one_effect_per_key,
    "S1": lambda history, view: commands.seats_add_up(view, []),
    "N1": lambda history, view: notices.handed_over_once(view, may_lose_answers=True),
    "N2": lambda history, view: notices.calendars_are_current(view),
    "T1": lambda history, view: notices.traces_are_whole(history, view, lambda *_: True),
}
PARKED = {"taken": 5, "applied": 2, "parked": True}
BEHIND = {"taken": 3, "applied": 3, "parked": False}
HELD = {"seats": 1, "held": 1, "waiting": 0}


def the_letters(*others: object) -> View:
    return a_view(letters=[*a_view().letters, *others])


def without(number: int) -> View:
    """A fact that the state knows of never came to the topic."""
    return a_view(told=[fact for fact in facts() if fact.sequence != number])


def shuffled() -> View:
    first, second, third, *rest = facts()
    return a_view(told=[first, third, second, *rest])


def a_second_id() -> View:
    return a_view(told=[*facts(), replace(facts()[-1], id="another", offset=9)])


def with_state(enrolment: str, state: str) -> View:
    found = dict(a_view().enrolments)
    return a_view(enrolments={**found, enrolment: {**found[enrolment], "state": state}})


def with_shares(**changes: int) -> View:
    return a_view(offerings={OFFERING: {"state": "open", "shares": {"home": {**HELD, **changes}}}})


def with_notice(id: str, **changes: object) -> View:
    found = dict(a_view().notices)
    return a_view(notices={**found, id: {**found[id], **changes}})


def sold_twice() -> View:
    told = facts()
    told[2] = replace(told[2], type="sangam.enrolment.confirmed.v1", about={**(told[2].about or {}), "because": "x"})
    return a_view(told=told)


def asked_twice() -> View:
    told = facts()
    again = replace(told[1], sequence=6, offset=5, id="id-6")
    return a_view(told=[*told, again])


DOCTORED: list[tuple[str, str, View]] = [
    ("D1", "an accepted command whose fact never came", without(5)),
    ("D1", "a counter that moved without its fact", with_dump("enrolment", "sequences", STREAM, {"last": 6})),
    ("D1", "a fact whose state was rolled back", with_dump("enrolment", "sequences", STREAM, {"last": 4})),
    ("D1", "a subscriber that is behind", with_dump("scheduling", "inbox", STREAM, BEHIND)),
    ("D1", "an event left in the outbox", with_dump("enrolment", "outbox", "x", {})),
    ("D1", "a state that was never told", with_state("e2", "declined")),
    ("D1", "a roster that did not hear", a_view(rosters={OFFERING: frozenset()})),
    ("D1", "a fact that made no notice", with_notice("notice-5", revision="enrolment-events:7")),
    ("D2", "a key left by a refusal", with_dump("enrolment", "idempotency", "scope|key-edit-eve", {})),
    ("D2", "a state left by a refusal", with_dump("enrolment", "offerings", OFFERING, {"label": "LABEL-OF-EVE"})),
    ("D2", "a fact told by a refusal", a_view(told=[replace(facts()[0], about={"label": "LABEL-OF-EVE"})])),
    ("O1", "a gap", without(3)),
    ("O1", "two facts the wrong way round", shuffled()),
    ("O1", "two facts with one number", a_second_id()),
    ("O1", "a subscriber that skipped the end", with_dump("notifications", "inbox", STREAM, BEHIND)),
    ("O2", "an innocent key that was parked", with_dump("scheduling", "inbox", STREAM, PARKED)),
    ("I1", "a document changed by a replay", with_dump("notifications", "notices", "n", {})),
    ("I1", "a mail sent by a replay", the_letters(a_letter(9, ANN))),
    ("I2", "one command with two effects", asked_twice()),
    ("S1", "a seat sold twice", sold_twice()),
    ("S1", "more enrolments than seats", with_state("e1", "confirmed")),
    ("S1", "counts that do not agree", with_shares(held=0)),
    ("S1", "somebody who waits beside a free seat", with_shares(seats=2, waiting=1)),
    ("N1", "a mail handed over twice", the_letters(a_letter(2, ANN))),
    ("N1", "a mail that is in no ledger", the_letters(a_letter(77, ANN))),
    ("N1", "a notice that came and counts as dropped", with_notice("notice-3", deliveries=[
        {"reference": "notice-3.email", "channel": "email", "state": "dropped", "lost_answers": 0}])),
    ("N1", "a notice that counts as sent and never came", a_view(letters=a_view().letters[:-1])),
    ("N1", "an SMS sent twice", a_view(texts=[*a_view().texts, Submitted(6.0, "notice-5.sms", "+2", False)])),
    ("N1", "two notices about one fact", a_view(notices={
        **a_view().notices, "double": {**a_notice(2, "confirmed", ANN), "id": "double"}})),
    ("N2", "a calendar that still holds what is gone", the_letters(a_letter(8, ANN, an_item(ANN, "REQUEST", 2)))),
    ("N2", "a calendar at an older time", the_letters(a_letter(8, BEN, an_item(BEN, "REQUEST", 1, END)))),
    ("N2", "two contents with one SEQUENCE", the_letters(a_letter(8, BEN, an_item(BEN, "REQUEST", 0, END)))),
    ("N2", "somebody who comes and was not invited", a_view(letters=a_view().letters[:3])),
    ("T1", "a trace that ends at the broker", a_view(spans=spans()[:2])),
    ("T1", "a hand-over that hangs on nothing", a_view(spans=[*spans()[:-1], replace(spans()[-1], parent="lost")])),
]  # fmt: skip


@pytest.mark.parametrize("promise", JUDGES)
def test_a_run_that_keeps_its_promises_passes(promise: str) -> None:
    verdict = JUDGES[promise](a_history(), a_view())

    assert verdict.kept, str(verdict)


@pytest.mark.parametrize(("promise", "what", "view"), DOCTORED, ids=[f"{p}: {what}" for p, what, _ in DOCTORED])
def test_a_broken_promise_is_seen(promise: str, what: str, view: View) -> None:
    assert JUDGES[promise](a_history(), view).findings


def test_an_answer_that_differs_when_repeated_is_seen() -> None:
    history = a_history()
    history.operations[0].answers.append(Said(201, "{}"))

    assert commands.one_effect_per_key(history, a_view()).findings


def test_another_body_under_a_used_key_must_be_refused() -> None:
    history = a_history()
    history.operations[0].other_body.append(200)

    assert commands.one_effect_per_key(history, a_view()).findings


def test_a_command_that_was_accepted_and_had_no_effect_is_seen() -> None:
    assert commands.one_effect_per_key(a_history(), without(4)).findings


def test_an_unknown_command_may_have_happened_or_not() -> None:
    history = a_history()
    history.operations[2].outcome = "unknown"

    assert commands.one_effect_per_key(history, a_view()).kept
    assert commands.one_effect_per_key(history, without(4)).kept


def test_a_trace_is_judged_unless_somebody_was_killed_until_its_mail_came() -> None:
    view = a_view(spans=[])

    def killed(at: float) -> Callable[[float, float], bool]:
        return lambda since, until: not since < at < until

    assert not notices.traces_are_whole(a_history(), view, killed(4.5)).findings  # the mails came at 2.0 and 5.0
    assert notices.traces_are_whole(a_history(), view, killed(5.5)).findings


def test_a_share_seen_oversold_in_between_is_seen() -> None:
    assert commands.seats_add_up(a_view(), [{"home": {"seats": 3, "held": 4, "waiting": 0}}]).findings


def test_a_second_mail_after_a_lost_answer_is_allowed_in_the_same_bytes_only() -> None:
    lost = {"reference": "notice-3.email", "channel": "email", "state": "sent", "lost_answers": 1}
    view = with_notice("notice-3", deliveries=[lost])
    same, other = a_letter(3, BEN), replace(a_letter(3, BEN), digest=99)

    assert notices.handed_over_once(replace(view, letters=[*view.letters, same]), may_lose_answers=True).kept
    assert notices.handed_over_once(replace(view, letters=[*view.letters, other]), may_lose_answers=True).findings
    assert notices.handed_over_once(view, may_lose_answers=False).findings


def test_a_poisoned_key_is_parked_with_what_follows_it() -> None:
    parked = {str(n): {"stream": STREAM, "sequence": n} for n in range(1, 6)}
    row = {"taken": 5, "applied": 0, "parked": True}
    readers = {name: {"inbox": {STREAM: row}, "parked": parked} for name in ("scheduling", "notifications")}
    lost = {**readers["scheduling"], "parked": {"1": {"stream": STREAM, "sequence": 1}}}

    assert backbone.only_its_own_key(a_view(dump=readers), [STREAM]).kept
    assert backbone.only_its_own_key(a_view(dump={**readers, "scheduling": lost}), [STREAM]).findings
    assert backbone.only_its_own_key(a_view(), [STREAM]).findings


def an_incident(kind: str = "kill-process", **changes: object) -> Incident:
    incident = Incident(kind, "x", 0, 1, frozenset({"commands"}), Beat({"commands": 1.0}), Beat({"mail": 2.0}))
    return replace(incident, **changes)


@pytest.mark.parametrize(
    "incident",
    [
        an_incident(during=Beat({"commands": None})),
        an_incident(after=Beat({"mail": None})),
        an_incident(after=Beat({"mail": 61.0})),
        an_incident(after=Beat()),
    ],
    ids=["nothing during it", "never again", "too late", "nobody looked"],
)
def test_progress_that_was_promised_and_did_not_come_is_seen(incident: Incident) -> None:
    assert progress.everybody_goes_on([an_incident()]).kept
    assert progress.everybody_goes_on([an_incident(), incident]).findings
    assert progress.writes_outlive_brokers([replace(incident, kind="kill-two-brokers")]).findings


def test_brokers_are_not_judged_by_other_faults() -> None:
    assert not progress.writes_outlive_brokers([an_incident()]).kept


def test_a_slow_stop_and_a_failed_call_are_seen() -> None:
    assert progress.stops_are_clean([Restart("x", 9.9)], [], calls=3).kept
    assert progress.stops_are_clean([Restart("x", 10.1)], [], calls=3).findings
    assert progress.stops_are_clean([Restart("x", 1.0)], ["GET / was answered 503"], calls=3).findings


def test_a_verdict_that_examined_nothing_proves_nothing() -> None:
    assert not Verdict("D1").kept
