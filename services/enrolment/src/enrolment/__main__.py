"""`python -m enrolment setup | api | worker | parked | outbox | repair`."""

from common.cli import commands
from enrolment.bootstrap import api, parking, repair, setup, worker
from enrolment.settings import EnrolmentSettings

app = commands("enrolment", EnrolmentSettings, api=api, worker=worker, setup=setup, parking=parking, repair=repair)

if __name__ == "__main__":
    app()
