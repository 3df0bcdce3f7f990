"""How many of what runs, and what a home does not let change."""

from pathlib import Path

import pytest

from sangam_local.home import Home
from sangam_local.ports import Ports
from sangam_local.scale import SINGLE, THREE, Scale
from sangam_local.system import System
from sangam_local.trouble import Trouble

PROCESSES = {
    f"{service}-{role}" for service in ("enrolment", "scheduling", "notifications") for role in ("api", "worker")
}


def a_system(folder: Path, scale: Scale) -> System:
    return System(
        Home(folder), Ports.at(9000), "test", with_={"kafka", "enrolment", "scheduling", "notifications"}, scale=scale
    )


def test_one_of_each_is_called_by_its_bare_name(tmp_path: Path) -> None:
    assert {*a_system(tmp_path, SINGLE).names()} == {"kafka", *PROCESSES}


def test_the_larger_scale_keeps_those_names_and_numbers_the_others(tmp_path: Path) -> None:
    system = a_system(tmp_path, THREE)

    assert {*system.names()} == {"kafka-1", "kafka-2", "kafka-3", *PROCESSES, *(f"{name}-2" for name in PROCESSES)}
    assert system.urls()["kafka"].startswith(a_system(tmp_path, SINGLE).urls()["kafka"] + ",")


def test_a_home_keeps_its_number_of_brokers(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    THREE.check(home)
    THREE.keep(home)

    THREE.check(home)
    Scale(brokers=3).check(home)
    assert Scale.of(home) == THREE
    with pytest.raises(Trouble, match="was made with 3 Kafka brokers and cannot be read with one Kafka broker"):
        SINGLE.check(home)


def test_ports_that_an_older_version_saved_are_completed(tmp_path: Path) -> None:
    saved = tmp_path / "ports.json"
    saved.write_text('{"gateway": 9000, "identity": 9001}')

    assert Ports.load(saved) == Ports.at(9000)
