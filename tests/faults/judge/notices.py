"""N1, N2, T1: every notice handed over once, calendars at the latest revision, and one trace from request to mail."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from sangam_local.mailbox import Invitation
from tests.faults.history import History
from tests.faults.judge.fold import SEATED
from tests.faults.judge.verdict import Verdict
from tests.faults.sinks import Span
from tests.faults.views import Letter, View


def handed_over_once(view: View, *, may_lose_answers: bool) -> Verdict:
    """N1: a mail again only as often as the ledger counts lost answers, in the same bytes; an SMS never again."""
    verdict = Verdict("N1")
    deliveries = {d["reference"]: d for notice in view.notices.values() for d in notice["deliveries"]}
    mails: dict[str, list[Letter]] = defaultdict(list)
    for letter in view.letters:
        mails[letter.id].append(letter)
    texts = Counter(text.reference for text in view.texts)
    for reference in mails.keys() | texts.keys():
        verdict.expect(reference in deliveries, f"{reference} was handed over and is in no ledger")
    for reference, delivery in deliveries.items():
        lost = delivery["lost_answers"]
        verdict.expect(may_lose_answers or not lost, f"{reference}: an answer counts as lost, and none was")
        came = len(mails[reference]) if delivery["channel"] == "email" else texts[reference]
        if delivery["channel"] == "email":
            verdict.expect(came <= 1 + lost, f"mail {reference} was handed over {came} times, {lost} answers lost")
            verdict.expect(len({m.digest for m in mails[reference]}) <= 1, f"mail {reference} changed when repeated")
        else:
            verdict.expect(came <= 1, f"SMS {reference} was handed over {came} times")
        if delivery["state"] == "sent":
            verdict.expect(came >= 1, f"{delivery['channel']} {reference} counts as sent and never came")
        elif not lost:
            verdict.expect(came == 0, f"{delivery['channel']} {reference} is {delivery['state']} and came")
    again = Counter((n["person_id"], n["purpose"], n["subject"], n["revision"]) for n in view.notices.values())
    for which, count in again.items():
        verdict.expect(count == 1, f"{count} notices about {which}")
    return verdict


def calendars_are_current(view: View) -> Verdict:
    """N2: the highest SEQUENCE of each item is what the timetable and the person's place say now."""
    verdict = Verdict("N2")
    person_of = {address: person for person, address in view.addresses.items()}
    seated = {(e["offering_id"], e["person_id"]) for e in view.enrolments.values() if e["state"] in SEATED}
    items: dict[tuple[str, str], dict[int, Invitation]] = defaultdict(dict)
    for letter in view.letters:
        for one in letter.invitations:
            known = items[letter.to, one.uid].setdefault(one.sequence, one)
            same = (known.method, known.start, known.end) == (one.method, one.start, one.end)
            verdict.expect(same, f"{one.uid}: two contents have SEQUENCE {one.sequence}")
    due: set[tuple[str, str]] = set()
    for id, session in view.sessions.items():
        here = {person for offering, person in seated if offering == session["offering_id"]}
        if session["state"] == "scheduled":
            due |= {(view.addresses[p], f"{id}.{p}@sangam") for p in here | set(session["facilitators"])}
    for which in due | items.keys():
        address, uid = which
        last = max(items[which].items(), default=(0, None))[1]
        session = view.sessions.get(uid.partition(".")[0], {})
        if which not in due:
            gone = last is not None and last.method == "CANCEL"
            verdict.expect(gone, f"{uid}: {person_of.get(address)} does not come any more and still has it")
        elif last is None or last.method != "REQUEST":
            verdict.expect(False, f"{uid}: {person_of.get(address)} comes and has no calendar item")
        else:
            start = datetime.fromisoformat(session["start"])
            verdict.expect(last.start == start, f"{uid}: the calendar says {last.start}, the timetable {start}")
    return verdict


def traces_are_whole(history: History, view: View, undisturbed: Callable[[float, float], bool]) -> Verdict:
    """T1: the trace that a command was sent under holds, in one tree, its server span, the publishing of its facts,
    their processing in both subscribers and the hand-over of the mail it caused.

    A killed process takes the spans of its last second with it, so that only what was `undisturbed` is judged: from
    the first attempt at the command until its mail came, however long a refusing server let that wait.
    """
    verdict = Verdict("T1")
    traces: dict[str, list[Span]] = defaultdict(list)
    for span in view.spans:
        traces[span.trace].append(span)
    confirmed = {fact.trace for facts in view.facts.values() for fact in facts if fact.name == "enrolment.confirmed"}
    came = _came(view)
    for one in history.of("request"):
        if one.ok and one.trace in confirmed and one.trace in came and undisturbed(one.began, came[one.trace]):
            missing = _missing(traces[one.trace])
            told = f"began {one.began:.1f}, the mail came {came[one.trace] - one.began:.1f} s later"
            verdict.expect(not missing, f"trace {one.trace} of a request: {missing} ({told})")
    return verdict


def _came(view: View) -> dict[str, float]:
    """When the last mail of each trace's confirmation was handed over."""
    at = {letter.id: letter.at for letter in view.letters}
    found: dict[str, float] = {}
    for notice in view.notices.values():
        if notice["purpose"] == "confirmed" and notice["state"] == "sent":
            for delivery in notice["deliveries"]:
                if delivery["reference"] in at:
                    known = found.get(notice["trace_id"], 0.0)
                    found[notice["trace_id"]] = max(known, at[delivery["reference"]])
    return found


def _missing(spans: Iterable[Span]) -> str:
    """What is not there, or not joined to the rest."""
    by_id = {(span.id, span.kind): span for span in spans}
    ids = {id for id, _ in by_id}
    wanted = {
        "a server span in enrolment": lambda s: s.kind == "SERVER" and s.process.startswith("enrolment"),
        "publishing": lambda s: s.kind == "PRODUCER" and s.process.startswith("enrolment"),
        "processing in scheduling": lambda s: s.kind == "CONSUMER" and s.process.startswith("scheduling"),
        "processing in notifications": lambda s: s.kind == "CONSUMER" and s.process.startswith("notifications"),
        "the hand-over of the mail": lambda s: s.kind == "CLIENT" and s.name == "send email",
    }
    absent = [what for what, is_it in wanted.items() if not any(is_it(span) for span in by_id.values())]
    if absent:
        return ", ".join(absent)
    loose = [span.name for span in by_id.values() if span.parent not in ids and span.kind != "SERVER"]
    return f"{loose[0]} hangs on nothing" if loose else ""
