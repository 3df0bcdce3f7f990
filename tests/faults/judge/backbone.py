"""D1, D2, O1, O2, I1: nothing is lost, refused commands leave nothing, order holds, repetition is harmless."""

import json
import re
from collections.abc import Collection, Iterable, Mapping

from tests.faults.history import History
from tests.faults.judge.fold import SEATED, fold
from tests.faults.judge.verdict import Verdict
from tests.faults.views import FACTS, OWNER, READERS, STATES, Json, View

# What reading again may move: how far each reader has come, and which processes have a database session.
_MOVES = frozenset({"positions", "driver_sessions", "driver_processes"})
# What everybody of the directory is in, whatever they asked for.
_ABOUT_EVERYBODY = frozenset({*STATES, "employees", "results", "inbox", "sequences"})
_WORD = re.compile(r"[\w-]+")
_TELLS = {
    "enrolment.confirmed": "confirmed",
    "enrolment.offered": "offered",
    "enrolment.waitlisted": "waitlisted",
    "enrolment.withdrawn": "withdrawn",
}


def nothing_is_lost(history: History, view: View, poisoned: Collection[str] = ()) -> Verdict:
    """D1: what was accepted is told; what was told stands in the producer's state and reached every subscriber."""
    verdict = Verdict("D1")
    last = {stream: max(one.sequence for one in told) for stream, told in view.streams.items()}
    for one in history.operations:
        for position in one.answers[0].positions if one.ok else ():
            topic, key, sequence = position.split(":")
            stream = f"{topic}/{key}"
            verdict.expect(last.get(stream, 0) >= int(sequence), f"{one.kind} was accepted, {position} was never told")
    for stream, highest in last.items():
        topic = stream.partition("/")[0]
        if stream in poisoned:
            continue
        counted = view.rows(OWNER[topic], "sequences").get(stream, {}).get("last", 0)
        verdict.expect(counted == highest, f"{stream}: {highest} told, {counted} counted beside the state")
        for reader in READERS[topic]:
            row = view.rows(reader, "inbox").get(stream, {})
            reached = row.get("applied", 0) == highest or row.get("parked")
            verdict.expect(reached, f"{stream}: {reader} has applied {row.get('applied', 0)} of {highest}")
    for service in view.dump:
        verdict.expect(not view.rows(service, "outbox"), f"{service} still has events in its outbox")
    _as_told(view, verdict)
    return verdict


def _as_told(view: View, verdict: Verdict) -> None:
    """The facts alone lead to the state that HTTP shows: in the service that told them and in those that heard them."""
    seen = set()
    noticed = {(n["purpose"], n["person_id"], n["revision"]) for n in view.notices.values()}
    for stream, facts in view.facts.items():
        id = stream.partition("/")[2]
        if stream.startswith("enrolment-events/") and id in view.offerings:
            offering = fold(facts)
            for enrolment_id, place in offering.places.items():
                seen.add(enrolment_id)
                state = view.enrolments.get(enrolment_id, {}).get("state", "nowhere")
                verdict.expect(state == place.state, f"{enrolment_id}: told {place.state}, HTTP says {state}")
            if not offering.cancelled:
                seated = {e for e, place in offering.places.items() if place.state in SEATED}
                verdict.expect(
                    view.rosters.get(id, frozenset()) == seated, f"{id}: the roster is not who was told to hold a seat"
                )
            for fact in facts:
                if purpose := _TELLS.get(fact.name):
                    who = (fact.about or {})["person_id"]
                    known = (purpose, who, f"{fact.topic}:{fact.sequence}") in noticed
                    verdict.expect(known, f"{fact.position} ({fact.name}) made no notice")
    for enrolment_id in view.enrolments.keys() - seen:
        verdict.expect(False, f"enrolment {enrolment_id} exists and was never told")


def refusals_leave_nothing(history: History, view: View) -> Verdict:
    """D2: neither a row under its key, nor any mark of it in state or facts."""
    verdict = Verdict("D2")
    keys = {id.rpartition("|")[2] for service in view.dump for id in view.rows(service, "idempotency")}
    marks = {mark for one in history.operations if one.outcome == "fail" for mark in one.marks}
    facts = _found(marks, (json.dumps(one.about) for one in view.told if one.topic in FACTS))
    state = _found(
        marks,
        (
            repr(document)
            for collections in view.dump.values()
            for name, documents in collections.items()
            if name not in _ABOUT_EVERYBODY
            for document in documents.values()
        ),
    )
    for one in history.operations:
        if one.outcome != "fail":
            continue
        verdict.expect(one.key not in keys, f"refused {one.kind} ({one.slug}) left its key {one.key}")
        for mark in one.marks:
            verdict.expect(mark not in facts, f"refused {one.kind} ({one.slug}): {mark} was told")
            verdict.expect(mark not in state, f"refused {one.kind} ({one.slug}): {mark} stands in a database")
    return verdict


def _found(marks: Collection[str], texts: Iterable[str]) -> set[str]:
    """A mark is one word of letters, digits and hyphens."""
    return {word for text in texts for word in _WORD.findall(text) if word in marks}


def keys_are_in_order(view: View, poisoned: Collection[str] = ()) -> Verdict:
    """O1: on the wire each key counts 1, 2, 3 … and a repetition repeats exactly; subscribers have applied as far."""
    verdict = Verdict("O1")
    ids: set[str] = set()
    for stream, told in view.streams.items():
        if stream.partition("/")[0] not in FACTS:
            continue
        known: dict[int, str] = {}
        for one in told:
            if one.sequence not in known:
                following = one.sequence == len(known) + 1
                verdict.expect(following, f"{stream}: {one.sequence} came after {len(known)}")
                verdict.expect(one.id not in ids, f"{stream}: the id of {one.sequence} names another fact as well")
                ids.add(one.id)
            known.setdefault(one.sequence, one.id)
            verdict.expect(known[one.sequence] == one.id, f"{stream}: two facts are number {one.sequence}")
        for reader in READERS[stream.partition("/")[0]] if stream not in poisoned else ():
            row = view.rows(reader, "inbox").get(stream, {})
            verdict.expect(row.get("taken") == len(known), f"{stream}: {reader} took {row.get('taken')}")
    return verdict


def only_its_own_key(view: View, poisoned: Collection[str]) -> Verdict:
    """O2: what cannot be applied is parked with what follows on its key, and every other key went on."""
    verdict = Verdict("O2")
    for stream in poisoned:
        highest = max(one.sequence for one in view.streams[stream])
        for reader in READERS[stream.partition("/")[0]]:
            row = view.rows(reader, "inbox").get(stream, {})
            verdict.expect(row.get("parked"), f"{stream} is poisoned and not parked at {reader}")
            verdict.expect(row.get("taken") == highest, f"{stream}: what follows was not parked at {reader}")
            waiting = {p["sequence"] for p in view.rows(reader, "parked").values() if p["stream"] == stream}
            verdict.expect(waiting == set(range(1, highest + 1)), f"{stream}: {reader} has parked {sorted(waiting)}")
    for service in view.dump:
        for stream, row in view.rows(service, "inbox").items():
            innocent = stream not in poisoned
            verdict.expect(not (innocent and row.get("parked")), f"{stream} was parked at {service} with no poison")
    return verdict


def nothing_changed(before: View, after: View) -> Verdict:
    """I1: documents, mails and SMS are what they were before everything was read once more."""
    verdict = Verdict("I1")
    for service, collections in before.dump.items():
        for name in collections.keys() | after.dump[service].keys():
            if name not in _MOVES:
                _same(f"{service}.{name}", before.rows(service, name), after.rows(service, name), verdict)
    verdict.expect(len(after.letters) == len(before.letters), f"{len(after.letters) - len(before.letters)} more mails")
    verdict.expect(len(after.texts) == len(before.texts), f"{len(after.texts) - len(before.texts)} more SMS")
    return verdict


def _same(where: str, before: Mapping[str, Json], after: Mapping[str, Json], verdict: Verdict) -> None:
    for id in before.keys() | after.keys():
        known, found = before.get(id), after.get(id)
        changed = sorted(name for name in (known or {}).keys() | (found or {}).keys()
                         if (known or {}).get(name) != (found or {}).get(name))  # fmt: skip
        verdict.expect(known == found, f"{where} {id}: {', '.join(changed)} changed")
