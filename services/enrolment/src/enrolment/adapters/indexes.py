"""The indexes of enrolment's database, as few as will do: every write pays for each. Unique ones are backstops: the
domain has asked before."""

from common.store import Index, Indexes

INDEXES: Indexes = {
    "people": [Index("by_campus", [("campus", 1), ("_id", 1)]), Index("by_supervisor", [("supervisor_id", 1)])],
    "employees": [],
    "erasures": [Index("open", [("open", 1), ("look_at", 1)], where={"open": True})],
    "fingerprints": [],
    "programmes": [Index("one_code", [("code", 1)], unique=True)],
    "courses": [Index("one_code", [("code", 1)], unique=True)],
    "offerings": [
        Index("by_campus", [("campuses", 1), ("_id", 1)]),
        Index("by_state", [("state", 1)]),
        Index("unfinished", [("follow_ups", 1)]),
        Index("waiting", [("waiting_for", 1)]),
    ],
    "enrolments": [
        Index("one_per_offering", [("person_id", 1), ("offering_id", 1)], unique=True),
        Index("one_active_per_course", [("person_id", 1), ("course_id", 1)], unique=True, where={"active": True}),
        Index("share_queue", [("offering_id", 1), ("state", 1), ("share", 1), ("priority", -1), ("queue_no", 1)]),
        Index("by_state", [("state", 1)]),
        Index("to_approve", [("approvers", 1)]),
        Index("to_approve_at_campus", [("waits_for_campus", 1), ("campus", 1)]),
    ],
    "certificates": [
        Index("one_code", [("code", 1)], unique=True),
        Index("by_person", [("person_id", 1)]),
        Index("by_offering", [("offering_id", 1)]),
    ],
    "campuses": [],
    "sessions": [Index("by_offering", [("offering_id", 1)])],
    "attendance": [Index("by_offering", [("offering_id", 1)])],
    "jobs": [Index("open", [("open", 1)])],
    "chunks": [],
    "results": [Index("by_job", [("job_id", 1), ("number", 1)])],
}
