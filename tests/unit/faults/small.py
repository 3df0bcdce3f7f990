"""A small run in which every promise is kept: one offering with a seat, two who ask, one who gives up."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sangam_local.mailbox import Invitation
from tests.faults.history import History, Operation, Said
from tests.faults.sinks import Span, Submitted
from tests.faults.views import Letter, Told, View

OFFERING, SESSION = "offering-1", "session-1"
ANN, BEN, EVE = "ann", "ben", "eve"
STREAM = f"enrolment-events/{OFFERING}"
START = "2026-12-01T10:00:00+00:00"
END = "2026-12-01T14:00:00+00:00"
TRACE = "a" * 32


def a_fact(sequence: int, type: str, trace: str = "", **about: Any) -> Told:
    full = {"offering_id": OFFERING, **about}
    name = f"sangam.{type}.v1"
    return Told("enrolment-events", 0, sequence - 1, OFFERING, sequence, f"id-{sequence}", name, full, trace)


def facts() -> list[Told]:
    return [
        a_fact(1, "offering.drafted", shares={"home": 1}),
        a_fact(2, "enrolment.confirmed", TRACE, enrolment_id="e1", person_id=ANN, share="home", because="request"),
        a_fact(3, "enrolment.waitlisted", enrolment_id="e2", person_id=BEN, share="home", rank=1),
        a_fact(4, "enrolment.withdrawn", enrolment_id="e1", person_id=ANN, held_seat=True, because="withdrawn"),
        a_fact(5, "enrolment.confirmed", enrolment_id="e2", person_id=BEN, share="home", because="promotion"),
    ]


def an_operation(kind: str, person: str, outcome: str = "ok", **more: Any) -> Operation:
    said = Said(200 if outcome == "ok" else 409, json.dumps({"id": person}), "", more.pop("positions", ()))
    about = {"offering": OFFERING, "person": person}
    return Operation(kind, "POST", f"/{kind}", f"key-{kind}-{person}", about, outcome=outcome, answers=[said], **more)


def a_history() -> History:
    return History(
        [
            an_operation("request", ANN, positions=(f"enrolment-events:{OFFERING}:2",), trace=TRACE),
            an_operation("request", BEN, positions=(f"enrolment-events:{OFFERING}:3",)),
            an_operation("withdraw", ANN, positions=(f"enrolment-events:{OFFERING}:4",)),
            an_operation("edit", EVE, "fail", marks=("LABEL-OF-EVE",)),
        ]
    )


def a_notice(sequence: int, purpose: str, person: str, *channels: str) -> dict[str, Any]:
    id = f"notice-{sequence}"
    deliveries = [
        {"reference": f"{id}.{channel}", "channel": channel, "state": "sent", "lost_answers": 0} for channel in channels
    ]
    told = {"person_id": person, "purpose": purpose, "subject": person, "revision": f"enrolment-events:{sequence}"}
    return {"id": id, **told, "state": "sent", "trace_id": TRACE, "deliveries": deliveries}


def an_item(person: str, method: str, sequence: int, start: str = START) -> Invitation:
    uid = f"{SESSION}.{person}@sangam"
    times = datetime.fromisoformat(start), datetime.fromisoformat(END)
    return Invitation(method, uid, sequence, *times, "CONFIRMED", (f"{person}@x",))


def a_letter(sequence: int, person: str, *items: Invitation) -> Letter:
    return Letter(float(sequence), f"{person}@x", f"notice-{sequence}.email", sequence, items)


def spans() -> list[Span]:
    return [
        Span(TRACE, "1", "client", "SERVER", "post", "enrolment-api"),
        Span(TRACE, "2", "1", "PRODUCER", "send enrolment-events", "enrolment-api"),
        Span(TRACE, "3", "2", "CONSUMER", "process enrolment-events", "scheduling-worker"),
        Span(TRACE, "4", "2", "CONSUMER", "process enrolment-events", "notifications-worker"),
        Span(TRACE, "5", "4", "CLIENT", "send email", "notifications-worker"),
    ]


def a_view(**changes: Any) -> View:
    def enrolment(id: str, person: str, state: str) -> dict[str, Any]:
        return {"id": id, "offering_id": OFFERING, "person_id": person, "share": "home", "state": state}

    row = {"taken": 5, "applied": 5, "parked": False}
    keys: dict[str, dict[str, Any]] = {f"scope|{one.key}": {} for one in a_history().operations if one.ok}
    view = View(
        told=facts(),
        dump={
            "enrolment": {"sequences": {STREAM: {"last": 5}}, "outbox": {}, "idempotency": keys},
            "scheduling": {"inbox": {STREAM: row}},
            "notifications": {"inbox": {STREAM: row}},
        },
        offerings={OFFERING: {"state": "open", "shares": {"home": {"seats": 1, "held": 1, "waiting": 0}}}},
        enrolments={"e1": enrolment("e1", ANN, "withdrawn"), "e2": enrolment("e2", BEN, "confirmed")},
        sessions={SESSION: {"offering_id": OFFERING, "state": "scheduled", "start": START, "facilitators": []}},
        rosters={OFFERING: frozenset({"e2"})},
        notices={
            notice["id"]: notice
            for notice in (
                a_notice(2, "confirmed", ANN, "email", "sms"),
                a_notice(3, "waitlisted", BEN, "email"),
                a_notice(4, "withdrawn", ANN, "email"),
                a_notice(5, "confirmed", BEN, "email", "sms"),
            )
        },
        letters=[
            a_letter(2, ANN, an_item(ANN, "REQUEST", 0)),
            a_letter(3, BEN),
            a_letter(4, ANN, an_item(ANN, "CANCEL", 1)),
            a_letter(5, BEN, an_item(BEN, "REQUEST", 0)),
        ],
        texts=[Submitted(2.0, "notice-2.sms", "+1", True), Submitted(5.0, "notice-5.sms", "+2", True)],
        spans=spans(),
        addresses={ANN: "ann@x", BEN: "ben@x"},
    )
    return replace(view, **changes)


def with_dump(service: str, collection: str, id: str, document: dict[str, Any] | None) -> View:
    """As it is, but for one document."""
    dump = {s: {c: dict(documents) for c, documents in of.items()} for s, of in a_view().dump.items()}
    documents = dump[service].setdefault(collection, {})
    if document is None:
        documents.pop(id)
    else:
        documents[id] = document
    return a_view(dump=dump)
