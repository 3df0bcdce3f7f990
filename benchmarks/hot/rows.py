"""What the bare loop writes down by hand: rows of about the size that the service stores."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from benchmarks.hot.naive import Decision

TOPIC = "bench-hot-bare"
CAMPUS = "puducherry"
STREAM = TOPIC + "/{}"


def offering_row(offering: str, seats: int) -> dict[str, Any]:
    return {
        "_id": offering,
        "seats": seats,
        "held": 0,
        "waiting": 0,
        "last": 0,
        "course_id": offering,
        "label": "BENCH",
        "owner_campus": CAMPUS,
        "language": "en",
        "campuses": [CAMPUS],
        "policies": {"approval": "none", "promotion": "offer", "offer_hours": 24, "waitlist_limit": 10_000},
        "state": "open",
        "follow_ups": [],
        "waiting_for": 0,
        "version": 1,
    }


def enrolment_row(offering: str, person: str, decision: Decision, now: datetime) -> dict[str, Any]:
    asked = {"at": now, "by": person, "before": "none", "to": "requested", "reason": "requested"}
    decided = {"at": now, "by": None, "before": "requested", "to": decision.state, "reason": "as seats were"}
    return {
        "_id": decision.id,
        "offering_id": offering,
        "course_id": offering,
        "person_id": person,
        "campus": CAMPUS,
        "owner_campus": CAMPUS,
        "share": CAMPUS,
        "state": decision.state,
        "active": True,
        "mandatory": False,
        "nominators": [],
        "readers": [person],
        "approvers": [],
        "waits_for_campus": False,
        "approval": {"campus": CAMPUS, "trainee_id": person, "supervisor_id": None, "left": [], "given": []},
        "priority": 0,
        "queue_no": decision.queue_no,
        "rank": decision.rank,
        "joined_at": now,
        "accept_by": None,
        "offers": 0,
        "offer": None,
        "expired_once": False,
        "reconfirmation": None,
        "schedule_revision": 0,
        "answers": [],
        "history": [asked, decided],
        "version": 1,
    }


def event_row(offering: str, decision: Decision, now: datetime) -> dict[str, Any]:
    stream = STREAM.format(offering)
    said = {**_said(offering, decision), "share": CAMPUS}
    return {
        "_id": f"{stream}/{decision.queue_no:020d}",
        "stream": stream,
        "topic": TOPIC,
        "key": offering,
        "sequence": decision.queue_no,
        "event_id": str(uuid4()),
        "type": "seat.decided",
        "source": "/bench",
        "time": now,
        "correlation_id": str(uuid4()),
        "causation_id": str(uuid4()),
        "traceparent": None,
        "data": json.dumps(said).encode(),
        "version": 1,
    }


def key_row(offering: str, person: str, key: str, decision: Decision, now: datetime) -> dict[str, Any]:
    """Of the Idempotency-Key, with the answer."""
    said = {**_said(offering, decision), "at": now.isoformat(), "steps": [], "terms": {"campus": CAMPUS, "priority": 0}}
    answer = {"status": 201, "body": json.dumps(said).encode(), "headers": {"ETag": '"1"'}}
    return {
        "_id": f"https://local.sangam.test|{person}|POST /offerings/{offering}/enrolments|{key}",
        "fingerprint": "0" * 64,
        "answer": answer,
        "positions": [f"{TOPIC}:{offering}:{decision.queue_no}"],
        "expires_at": now + timedelta(days=1),
        "version": 1,
    }


def _said(offering: str, decision: Decision) -> dict[str, Any]:
    return {**decision.model_dump(), "offering_id": offering, "course_id": offering, "person_id": str(uuid4())}
