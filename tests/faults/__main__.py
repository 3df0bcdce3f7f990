"""The long run, `make faults`: every kind of fault again and again, then everything is judged and written down.

Exits with 1 when a promise was broken or the run was too small, and says which.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sangam_local.home import CHECKOUT
from sangam_local.parts import mongo
from sangam_local.scale import THREE
from tests.faults import campaign, replay, rolling, settle, test_versions, versions, views
from tests.faults.campaign import Campaign
from tests.faults.faults import ALL
from tests.faults.judge import backbone, commands, notices, progress
from tests.faults.judge.verdict import Verdict
from tests.faults.report import Outcome, page

REST_S = 300.0


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--minutes", type=float, default=75, help="faults stop then, whatever was reached")
    options.add_argument("--events", type=int, default=20_000)
    options.add_argument("--faults", type=int, default=200)
    options.add_argument("--each", type=int, default=5, help="of each kind, at least")
    options.add_argument("--pause", type=float, default=0.8, help="of each of eight people between two acts, seconds")
    options.add_argument("--only", nargs="*", default=[*ALL], help="kinds of faults")
    options.add_argument("--report", type=Path, default=CHECKOUT / "docs" / "faults.md")
    chosen = options.parse_args()
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # in the background the first is ignored, and the second stops no part
        signal.signal(number, signal.default_int_handler)
    outcome = asyncio.run(_run(chosen))
    chosen.report.write_text(page(outcome))
    print(page(outcome))
    sys.exit(0 if outcome.survived else 1)


async def _run(chosen: argparse.Namespace) -> Outcome:
    began = time.monotonic()

    def say(sentence: str) -> None:
        print(f"{(time.monotonic() - began) / 60:6.1f} min  {sentence}", flush=True)

    folder = Path(tempfile.mkdtemp(prefix="sangam-faults-"))
    say(f"seed {chosen.seed}; logs and data in {folder}")
    verdicts = await _other_versions(folder, say)
    async with campaign.prepared(
        folder / "home",
        chosen.seed,
        scale=THREE,
        people=300,
        offerings=12,
        seats=5,
        actors=8,
        pause_s=chosen.pause,
        say=say,
    ) as run:
        async with run.working():
            await _suffer(run, chosen, began)
        run.history.keep(folder / "history.jsonl")
        view = await run.rest_and_look(REST_S)
        say(f"{len(view.told)} events, {len(view.letters)} mails, {len(view.texts)} SMS")
        verdicts += _judged(run, view)
        verdicts += [await _replayed(run), await _restarted(run)]
        for verdict in verdicts:
            say(str(verdict))
        return Outcome(
            seed=chosen.seed,
            database=mongo.server(),
            minutes=(time.monotonic() - began) / 60,
            events=len(view.told),
            commands=run.history.count(),
            incidents=run.incidents,
            verdicts=verdicts,
            demanded=(chosen.events, chosen.faults, chosen.each),
            kinds=chosen.only,
        )


async def _suffer(run: Campaign, chosen: argparse.Namespace, began: float) -> None:
    """Rounds of every kind in an order of chance, until enough has happened or the time is up."""
    order = random.Random(chosen.seed)
    rounds = 0
    while (time.monotonic() - began) / 60 < chosen.minutes:
        kinds = order.sample(chosen.only, len(chosen.only))
        for kind in kinds:
            if (time.monotonic() - began) / 60 >= chosen.minutes:
                break
            await run.suffer(ALL[kind](run.ground, run.rng))
        rounds += 1
        events = await views.how_many(run.ground.system.urls()["kafka"])
        run.say(f"round {rounds}: {len(run.incidents)} faults, {events} events, {run.history.count()}")
        if events >= chosen.events and len(run.incidents) >= chosen.faults and rounds >= chosen.each:
            return


def _judged(run: Campaign, view: views.View) -> list[Verdict]:
    return [
        backbone.nothing_is_lost(run.history, view, run.ground.poisoned),
        backbone.refusals_leave_nothing(run.history, view),
        backbone.keys_are_in_order(view, run.ground.poisoned),
        backbone.only_its_own_key(view, run.ground.poisoned),
        commands.one_effect_per_key(run.history, view),
        commands.seats_add_up(view, run.samples),
        notices.handed_over_once(view, may_lose_answers=True),
        notices.calendars_are_current(view),
        notices.traces_are_whole(run.history, view, run.undisturbed),
        progress.everybody_goes_on(run.incidents),
        progress.writes_outlive_brokers(run.incidents),
    ]


async def _replayed(run: Campaign) -> Verdict:
    before = await views.look(run.ground, run.client, run.institute)
    await replay.publish_again(run.ground)
    await replay.read_from_the_start(run.ground)
    await settle.at_rest(run.ground, REST_S)
    return backbone.nothing_changed(before, await views.look(run.ground, run.client, run.institute))


async def _restarted(run: Campaign) -> Verdict:
    async with rolling.clicking(run.ground, run.institute) as clicks:
        restarts = [await rolling.restart(run.ground, process) for process in run.ground.processes]
    return progress.stops_are_clean([*restarts, *run.ground.restarts], clicks.failed, clicks.made)


async def _other_versions(folder: Path, say: campaign.Say) -> list[Verdict]:
    """E1: with the earlier version, then with a later one, as half of all processes."""
    verdict = Verdict("E1")
    makers = {"earlier": versions.earlier, "later": versions.later}
    for name, make in makers.items():
        others = dict.fromkeys(test_versions.SECONDS, make(folder / f"code-{name}"))
        async with test_versions.beside(folder / f"home-{name}", others) as run:
            view = await test_versions.worked(run)
            found: Sequence[str] = test_versions.judge(run, view, positions=name == "later")
            verdict.examined += len(view.told)
            verdict.findings += [f"beside the {name} version: {one}" for one in found]
            say(f"beside the {name} version: {len(view.told)} events, {len(found)} promises broken")
    return [verdict]


if __name__ == "__main__":
    main()
