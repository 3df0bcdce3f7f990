"""`python -m enrolment setup | api | worker | rebuild | parked | outbox | repair`."""

from common.cli import commands
from enrolment import bootstrap
from enrolment.settings import EnrolmentSettings

app = commands(
    "enrolment",
    EnrolmentSettings,
    api=bootstrap.api,
    worker=bootstrap.worker,
    setup=bootstrap.setup,
    parking=bootstrap.parking,
    rebuild=bootstrap.rebuild,
    repair=bootstrap.repair,
    restored=bootstrap.restored,
)

if __name__ == "__main__":
    app()
