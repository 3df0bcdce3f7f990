"""Counts what arrives at the catchers against what must arrive: nothing missing, nothing more, each in its language."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sangam_local.institute import Person
from sangam_local.mailbox import Mail, Mailbox
from sangam_local.smsbox import Sms, SmsBox
from sangam_local.story.fault import StoryFault, expect, same
from sangam_local.story.words import language_of


@dataclass(frozen=True, slots=True)
class Delivered:
    """What is new since the last look, by recipient."""

    mails: Mapping[str, list[Mail]]
    sms: Mapping[str, list[Sms]]

    def mail(self, person: Person) -> Mail:
        """The only one; settling has counted it."""
        return self.mails[person.email][0]

    def text(self, person: Person) -> Sms:
        return self.sms[person.phone][0]


@dataclass(slots=True)
class Post:
    """All expectations of a story so far, as counts by recipient. `repeats` are mails handed over more than once."""

    mailbox: Mailbox
    smsbox: SmsBox
    patience: float
    label: str = ""
    due_mail: Counter[str] = field(default_factory=Counter)
    due_sms: Counter[str] = field(default_factory=Counter)
    repeats: list[Mail] = field(default_factory=list)
    _told: set[str] = field(default_factory=set)

    async def start_here(self) -> None:
        await asyncio.gather(self.mailbox.start_here(), self.smsbox.start_here())

    async def settle(self, what: str, *, mail: Iterable[Person] = (), sms: Iterable[Person] = ()) -> Delivered:
        """Waits until exactly these (a person twice: two messages) have come on top of all before."""
        self.due_mail.update(person.email for person in mail)
        self.due_sms.update(person.phone for person in sms)
        until = time.monotonic() + self.patience
        pause = 0.1
        while True:
            mails, texts = await self._unique_mails(), await self.smsbox.messages()
            came_mail = Counter(one.to[0] for one in mails)
            came_sms = Counter(one.to for one in texts)
            _surplus(came_mail, self.due_mail, f"{what}: e-mail", mails)
            _surplus(came_sms, self.due_sms, f"{what}: SMS", texts)
            if came_mail == self.due_mail and came_sms == self.due_sms:
                return self._new(mails, texts)
            if time.monotonic() > until:
                missing_mail, missing_sms = self.due_mail - came_mail, self.due_sms - came_sms
                raise StoryFault(
                    f"{what}: after {self.patience:.0f} s {missing_mail.total()} e-mails and {missing_sms.total()} SMS "
                    f"are missing, for example to {[*missing_mail, *missing_sms][:3]}"
                )
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.5)

    def _new(self, mails: list[Mail], texts: list[Sms]) -> Delivered:
        fresh_mail: dict[str, list[Mail]] = {}
        fresh_sms: dict[str, list[Sms]] = {}
        for mail in mails:
            if mail.message_id not in self._told:
                fresh_mail.setdefault(mail.to[0], []).append(mail)
        for sms in texts:
            if sms.reference not in self._told:
                fresh_sms.setdefault(sms.to, []).append(sms)
        self._told.update(mail.message_id for mail in mails)
        self._told.update(sms.reference for sms in texts)
        return Delivered(fresh_mail, fresh_sms)

    async def _unique_mails(self) -> list[Mail]:
        """A lost answer may hand the same message over again; then the Message-ID is the same (M-12)."""
        first: dict[str, Mail] = {}
        self.repeats.clear()
        for mail in await self.mailbox.messages():
            same(len(mail.to), 1, f"recipients of “{mail.subject}”")
            known = first.setdefault(mail.message_id, mail)
            if known is not mail:
                same(
                    (mail.to, mail.subject), (known.to, known.subject), "a repeated Message-ID's recipient and subject"
                )
                self.repeats.append(mail)
        return list(first.values())

    def reads_well(self, mail: Mail, person: Person, what: str) -> None:
        """In the person's own language, plain and HTML alike, and saying which offering it is about."""
        wanted = person.languages[0]
        expect(mail.text and mail.html, f"{what} to {person.employee_id} lacks its plain or its HTML part")
        same(language_of(mail.text), wanted, f"{what} to {person.employee_id}: language of the text")
        same(language_of(mail.subject + " " + mail.text), wanted, f"{what} to {person.employee_id}: language")
        expect(
            self.label in mail.text or self.label in mail.subject,
            f"{what} to {person.employee_id} does not say which offering it is about: {mail.subject}",
        )

    def sms_reads_well(self, sms: Sms, person: Person, what: str) -> None:
        same(sms.language, person.languages[0], f"{what} by SMS to {person.employee_id}: declared language")
        same(language_of(sms.text), person.languages[0], f"{what} by SMS to {person.employee_id}: language of the text")


def _surplus(came: Counter[str], due: Counter[str], what: str, messages: Iterable[Mail | Sms]) -> None:
    if extra := came - due:
        recipient = next(iter(extra))
        theirs = [m.subject if isinstance(m, Mail) else m.text for m in messages if recipient in m.to]
        raise StoryFault(
            f"{what}: {extra.total()} more than expected; {recipient} got {came[recipient]} instead of "
            f"{due[recipient]}: {theirs}"
        )
