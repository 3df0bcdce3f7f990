"""What operators can count: notices by state, hand-overs by outcome, and what has waited too long."""

from prometheus_client import Counter, Gauge

HANDED_OVER = Counter("sangam_notices_handed_over_total", "Hand-overs by channel and outcome", ["channel", "outcome"])
NOTICES = Gauge("sangam_notices", "Notices by state", ["state"])
WAITING_TOO_LONG = Gauge("sangam_notices_waiting_too_long", "Deliveries that wait for another fact for ten minutes")
