"""What operators can count: open notices by state, hand-overs by outcome, and what has waited too long or is late."""

from prometheus_client import Counter, Gauge

from common.telemetry import WORKER

HANDED_OVER = Counter(
    "sangam_notices_handed_over_total", "Hand-overs by channel and outcome", ["channel", "outcome"], registry=WORKER
)
NOTICES = Gauge("sangam_notices", "Notices that have not ended, by state", ["state"], registry=WORKER)
DUE_AGE = Gauge(
    "sangam_notices_due_age_seconds", "Age of the oldest message that nobody has taken yet", registry=WORKER
)
WAITING_TOO_LONG = Gauge(
    "sangam_notices_waiting_too_long", "Deliveries that wait for another fact for ten minutes", registry=WORKER
)

# A series that begins with its first event hides that event from every rate.
for _channel in ("email", "sms"):
    for _outcome in ("sent", "again", "lost", "failed"):
        HANDED_OVER.labels(channel=_channel, outcome=_outcome)
