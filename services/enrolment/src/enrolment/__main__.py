"""`python -m enrolment setup | api | worker`."""

from common.cli import commands
from enrolment.bootstrap import api, setup, worker
from enrolment.settings import EnrolmentSettings

app = commands("enrolment", EnrolmentSettings, api=api, worker=worker, setup=setup)

if __name__ == "__main__":
    app()
