"""I2 and S1: one effect per key, and seats that add up at every instant."""

from collections import Counter

from tests.faults.history import History, Said
from tests.faults.judge.fold import HOLDS_SEAT, fold
from tests.faults.judge.verdict import Verdict
from tests.faults.views import View

_JOINS = ("request", "nominate")


def one_effect_per_key(history: History, view: View, *, positions: bool = True) -> Verdict:
    """I2: every repetition of an accepted command is answered as the first, another body is refused with 422,
    and there are as many facts as accepted commands, however often each was sent.

    Without `positions` those are not compared: the earliest version did not say them to equal requests side by side.
    """
    verdict = Verdict("I2")
    for one in history.operations:
        if one.ok:
            first = one.answers[0]
            for again in one.answers[1:]:
                differs = _differs(first, again, positions)
                verdict.expect(not differs, f"{one.kind} {one.key}: {differs}")
        for status in one.other_body:
            verdict.expect(status == 422, f"{one.kind} {one.key}: another body was answered {status}")
    _as_many_facts(history, view, verdict)
    return verdict


def _differs(first: Said, again: Said, positions: bool) -> str:
    names = ["status", "body", "etag", *(["positions"] if positions else [])]
    said = [f"{name} {getattr(first, name)!r}, then {getattr(again, name)!r}" for name in names
            if getattr(first, name) != getattr(again, name)]  # fmt: skip
    return "; ".join(said)


def _as_many_facts(history: History, view: View, verdict: Verdict) -> None:
    """Nominating somebody who has asked already joins nobody, so nominations count above only."""
    joined: Counter[tuple[str, str]] = Counter()
    left: Counter[tuple[str, str]] = Counter()
    for facts in view.facts.values():
        for fact in facts:
            about = fact.about or {}
            who = about.get("offering_id", ""), about.get("person_id", "")
            asked = fact.name == "enrolment.confirmed" and about.get("because") == "request"
            joined[who] += asked or fact.name == "enrolment.waitlisted"
            left[who] += fact.name == "enrolment.withdrawn" and about.get("because") == "withdrawn"
    for found, kinds, sure in ((joined, _JOINS, ("request",)), (left, ("withdraw",), ("withdraw",))):
        least: Counter[tuple[str, str]] = Counter()
        most: Counter[tuple[str, str]] = Counter()
        for one in history.of(*kinds):
            who = one.about["offering"], one.about["person"]
            most[who] += one.outcome != "fail"
            least[who] += one.ok and one.kind in sure
        for who in found.keys() | most.keys():
            fits = least[who] <= found[who] <= most[who]
            told = f"{found[who]} facts for {least[who]} to {most[who]} commands ({'/'.join(kinds)})"
            verdict.expect(fits, f"offering {who[0]}, person {who[1]}: {told}")


def seats_add_up(view: View, sampled: list[dict[str, dict[str, int]]]) -> Verdict:
    """S1: never more held than there are, after no fact and in no sample of HTTP; nobody waits beside a free seat.

    `sampled` are the shares of open offerings as HTTP showed them in the middle of things.
    """
    verdict = Verdict("S1")
    for sample in sampled:
        for share in sample.values():
            verdict.expect(share["held"] <= share["seats"], f"seen in between: {share}")
    for id, offering in view.offerings.items():
        folded = fold(view.facts.get(f"enrolment-events/{id}", ()))
        verdict.expect(not folded.oversold, f"{id} was oversold after facts {folded.oversold[:5]}")
        mine = [e for e in view.enrolments.values() if e["offering_id"] == id]
        for name, share in offering["shares"].items():
            held = sum(e["share"] == name and e["state"] in HOLDS_SEAT for e in mine)
            waiting = sum(e["share"] == name and e["state"] == "waitlisted" for e in mine)
            verdict.expect(held <= share["seats"], f"{id}/{name}: {held} hold {share['seats']} seats")
            counted = (share["held"], share["waiting"]) == (held, waiting)
            verdict.expect(counted, f"{id}/{name}: counts {share} but {held} hold and {waiting} wait")
            undersold = offering["state"] == "open" and waiting and held < share["seats"]
            verdict.expect(not undersold, f"{id}/{name}: {waiting} wait beside {share['seats'] - held} free seats")
    return verdict
