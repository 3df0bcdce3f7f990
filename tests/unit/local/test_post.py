"""A story must notice what is wrong: each kind of fault, planted in the catchers, is told in a sentence."""

from datetime import UTC, datetime
from email.message import EmailMessage

import httpx
import pytest

from sangam_local.institute import Person, reference_institute
from sangam_local.mailbox import Mail, Mailbox, parse
from sangam_local.smsbox import SmsBox
from sangam_local.story.fault import StoryFault, same_set
from sangam_local.story.post import Post

TEXTS = {"en": "Your place is confirmed", "ta": "உங்கள் இடம் உறுதி செய்யப்பட்டது", "hi": "आपका स्थान पक्का हो गया है"}
PEOPLE = reference_institute(2026).people
MEENA, ARUL, *_ = (person for person in PEOPLE if person.languages[0] == "ta")


class Catchers:
    """Stands for the mail and the SMS catcher, as their pages for programs look."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.sms: list[dict[str, str]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/messages":
            return httpx.Response(200, json={"items": self.sms})
        if request.url.path == "/email":
            skip = int(request.url.params.get("skip", 0))
            return httpx.Response(200, json=[{"id": str(n)} for n in range(len(self.mails))][skip:])
        return httpx.Response(200, content=self.mails[int(request.url.path.split("/")[2])])

    def receive(self, person: Person, *, id: str, language: str = "ta", label: str = "MK-MT ab12cd") -> None:
        mail = EmailMessage()
        mail["Message-ID"] = id
        mail["To"] = person.email
        mail["Subject"] = TEXTS[language]
        mail.set_content(f"{TEXTS[language]} {label}")
        mail.add_alternative(f"<p>{TEXTS[language]}</p>", subtype="html")
        self.mails.append(mail.as_bytes())

    def ring(self, person: Person, reference: str, language: str = "ta") -> None:
        at = datetime.now(UTC).isoformat()
        text = TEXTS[language]
        self.sms.append({"reference": reference, "to": person.phone, "text": text, "language": "ta", "received_at": at})

    def post(self, patience: float = 0) -> Post:
        http = httpx.AsyncClient(base_url="http://catchers", transport=httpx.MockTransport(self.answer))
        return Post(Mailbox(http), SmsBox(http), patience, label="MK-MT ab12cd")


async def test_what_came_before_the_story_does_not_count() -> None:
    catchers = Catchers()
    catchers.receive(MEENA, id="<old@x>")
    catchers.ring(MEENA, "old")
    post = catchers.post()
    await post.start_here()
    catchers.receive(ARUL, id="<new@x>")

    told = await post.settle("a step", mail=[ARUL])

    assert (list(told.mails), told.sms) == ([ARUL.email], {})
    assert told.mail(ARUL).message_id == "<new@x>"


async def test_each_step_sees_its_own_messages_only() -> None:
    catchers = Catchers()
    post = catchers.post()
    catchers.receive(ARUL, id="<1@x>")
    await post.settle("first", mail=[ARUL])
    catchers.receive(ARUL, id="<2@x>")

    told = await post.settle("second", mail=[ARUL])

    assert told.mail(ARUL).message_id == "<2@x>"


async def test_a_missing_message_is_a_fault() -> None:
    with pytest.raises(StoryFault, match=r"confirmations: after 0 s 1 e-mails and 1 SMS are missing"):
        await Catchers().post().settle("confirmations", mail=[MEENA], sms=[MEENA])


@pytest.mark.rule("M-01")
async def test_a_second_message_is_a_fault_and_names_its_recipient() -> None:
    catchers = Catchers()
    catchers.receive(MEENA, id="<1@x>")
    catchers.receive(MEENA, id="<2@x>")

    with pytest.raises(StoryFault, match=f"1 more than expected; {MEENA.email} got 2 instead of 1"):
        await catchers.post().settle("confirmations", mail=[MEENA])


async def test_a_message_to_somebody_else_is_a_fault() -> None:
    catchers = Catchers()
    catchers.ring(ARUL, "1")

    with pytest.raises(StoryFault, match="SMS: 1 more than expected"):
        await catchers.post().settle("nothing", sms=[])


@pytest.mark.rule("M-12")
async def test_the_same_message_id_again_is_kept_as_a_repeat() -> None:
    catchers = Catchers()
    catchers.receive(MEENA, id="<1@x>")
    catchers.receive(MEENA, id="<1@x>")
    post = catchers.post()

    await post.settle("confirmations", mail=[MEENA])

    assert [mail.message_id for mail in post.repeats] == ["<1@x>"]


async def test_a_message_id_for_two_recipients_is_a_fault() -> None:
    catchers = Catchers()
    catchers.receive(MEENA, id="<1@x>")
    catchers.receive(ARUL, id="<1@x>")

    with pytest.raises(StoryFault, match="Message-ID"):
        await catchers.post().settle("confirmations", mail=[MEENA])


@pytest.mark.rule("M-08")
def test_another_language_is_a_fault() -> None:
    with pytest.raises(StoryFault, match="language"):
        Catchers().post().reads_well(_mail("hi"), MEENA, "confirmation")


def test_a_mail_that_does_not_say_which_offering_is_a_fault() -> None:
    with pytest.raises(StoryFault, match="which offering"):
        Catchers().post().reads_well(_mail("ta", label=""), MEENA, "confirmation")


def test_a_set_names_what_is_missing_and_what_is_twice() -> None:
    with pytest.raises(StoryFault, match=r"missing \['b'\], not expected \['c'\]"):
        same_set(["a", "c"], ["a", "b"], "letters")
    with pytest.raises(StoryFault, match="letters: twice: a"):
        same_set(["a", "a"], ["a"], "letters")


def _mail(language: str, label: str = "MK-MT ab12cd") -> Mail:
    catchers = Catchers()
    catchers.receive(MEENA, id="<1@x>", language=language, label=label)
    return parse(catchers.mails[0])
