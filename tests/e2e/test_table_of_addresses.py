"""What `make urls` prints is true: every address answers, and every token is taken."""

import asyncio
import json
import os
import shlex
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from sangam_local.identity import actors
from sangam_local.parts import SERVICES
from sangam_local.system import System


@pytest.fixture
def printed(system: System) -> Mapping[str, Any]:
    """The table of the running system, as a script in another shell reads it."""
    env = {**os.environ, "SANGAM_HOME": str(system.home.root)}
    answer = subprocess.run([sys.executable, "-m", "sangam_local", "urls"], env=env, capture_output=True, check=True)
    table: Mapping[str, Any] = json.loads(answer.stdout)
    return table


async def test_every_address_answers(printed: Mapping[str, Any], system: System) -> None:
    pages = [f"{printed[service]}/docs" for service in SERVICES]
    pages += [printed["mailbox"], printed["sms"], f"{printed['traces']}/zipkin/"]
    pages += [f"{printed['identity']}/realms/sangam"]

    async with httpx.AsyncClient(follow_redirects=True) as http:
        answers = {page: (await http.get(page)).status_code for page in pages}

    assert set(answers.values()) == {200}, answers
    assert printed["kafka"] == f"127.0.0.1:{system.ports.kafka}"


async def test_there_is_a_token_per_kind_of_actor_and_campus_and_each_is_taken(printed: Mapping[str, Any]) -> None:
    assert set(printed["tokens"]) == {actor.key for actor in actors()}

    async with httpx.AsyncClient(base_url=printed["scheduling"]) as http:
        refused = {
            key: answer.status_code
            for key, token in printed["tokens"].items()
            if (answer := await http.get("/campuses", headers={"Authorization": f"Bearer {token}"})).status_code == 401
        }
        nobody = await http.get("/campuses")

    assert refused == {}
    assert nobody.status_code == 401


async def test_an_operator_s_shell_takes_a_service_s_settings_over(system: System) -> None:
    """As the runbooks say it."""
    python = shlex.quote(sys.executable)
    line = f'eval "$({python} -m sangam_local settings scheduling)" && {python} -m scheduling parked list'

    shell = await asyncio.create_subprocess_shell(
        line, env={**os.environ, "SANGAM_HOME": str(system.home.root)}, stdout=PIPE, stderr=PIPE
    )
    said, wrong = await shell.communicate()

    assert shell.returncode == 0, wrong.decode()
    assert said
