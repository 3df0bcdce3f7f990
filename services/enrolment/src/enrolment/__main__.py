"""`python -m enrolment setup | api | worker | parked`."""

from common.cli import commands
from enrolment.bootstrap import api, parking, setup, worker
from enrolment.settings import EnrolmentSettings

app = commands("enrolment", EnrolmentSettings, api=api, worker=worker, setup=setup, parking=parking)

if __name__ == "__main__":
    app()
