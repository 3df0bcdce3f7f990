"""The table that a start ends with: where everything is, who may be whom, and what to try next."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from sangam_local.parts import SERVICES
from sangam_local.supervision import State

USUAL_ACTOR = "campus_admin@karaikal"
_PAGES = {
    "mailbox": ("E-mails", ""),
    "sms": ("SMS", ""),
    "traces": ("Traces", "/zipkin/"),
    "identity": ("Identity", "/realms/sangam/account/"),
    "kafka": ("Kafka", ""),
}


def show_urls(console: Console, urls: Mapping[str, str], tokens: Mapping[str, str], password: str) -> None:
    rows = [("Gateway", urls["gateway"])]
    rows += [(f"API of {service}", f"{urls[service]}/docs") for service in SERVICES]
    rows += [(title, urls[name] + path) for name, (title, path) in _PAGES.items()]
    rows += [("Accounts there", f"{', '.join(_accounts(tokens))}, …; password {password}")]

    def say(line: str = "", style: str = "") -> None:
        # Never wrapped, so that a double click and a paste take all of it.
        console.print(line, style=style, soft_wrap=True, highlight=False, markup=False)

    say()
    say("Sangam is ready", "bold green")
    for title, value in rows:
        say(f"  {title:<22}{value}")
    say(f"\nA token of {USUAL_ACTOR}, for eight hours:")
    say(tokens[USUAL_ACTOR], "dim")
    say("\nNext:")
    bearer = f'-H "Authorization: Bearer $(.venv/bin/python -m sangam_local token {USUAL_ACTOR})"'
    for command in (f"curl -s {bearer} {urls['enrolment']}/offerings", "make demo", "make down"):
        say(f"  {command}")


def _accounts(tokens: Mapping[str, str]) -> Sequence[str]:
    """A few user names of Keycloak's, which writes a dot where the table of tokens has an @."""
    return [actor.replace("@", ".") for actor in (USUAL_ACTOR, "trainee@yanam", "operator") if actor in tokens]


def show_states(console: Console, states: Mapping[str, State], ready: Mapping[str, bool]) -> None:
    table = Table("part", "process", "ready", "id", "up for")
    for name, state in states.items():
        answers = "[green]yes[/]" if ready.get(name) else "[red]no[/]"
        table.add_row(name, state.word, answers, str(state.pid or "-"), f"{state.seconds} s" if state.pid else "-")
    console.print(table)
