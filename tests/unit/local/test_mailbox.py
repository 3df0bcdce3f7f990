"""Raw messages as a mail catcher keeps them."""

from email.message import EmailMessage

import pytest

from sangam_local.mailbox import parse

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Sangam//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:one.two@sangam
SEQUENCE:3
DTSTAMP:20261208T000000Z
DTSTART:20261208T040000Z
DTEND:20261208T100000Z
SUMMARY:பயிலரங்கம்
ATTENDEE;RSVP=FALSE:mailto:meena.das.0042@karaikal.example.org
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def a_mail(method: str = "REQUEST") -> EmailMessage:
    mail = EmailMessage()
    mail["Message-ID"] = "<1@sangam>"
    mail["To"] = "Meena Das <meena.das.0042@karaikal.example.org>"
    mail["Subject"] = "உங்கள் இடம் உறுதி"
    mail.set_content("வணக்கம்")
    mail.add_alternative("<p>வணக்கம்</p>", subtype="html")
    mail.add_alternative(CALENDAR.encode(), maintype="text", subtype="calendar", params={"method": method})
    return mail


def test_text_html_and_invitation_are_read() -> None:
    mail = parse(a_mail().as_bytes())

    assert (mail.message_id, mail.subject) == ("<1@sangam>", "உங்கள் இடம் உறுதி")
    assert mail.to == ("meena.das.0042@karaikal.example.org",)
    assert (mail.text.strip(), mail.html.strip()) == ("வணக்கம்", "<p>வணக்கம்</p>")
    (invitation,) = mail.invitations
    assert (invitation.method, invitation.uid, invitation.sequence) == ("REQUEST", "one.two@sangam", 3)
    assert invitation.start.isoformat() == "2026-12-08T04:00:00+00:00"
    assert invitation.attendees == mail.to


def test_a_part_that_contradicts_its_calendar_is_a_fault() -> None:
    with pytest.raises(ValueError, match="RFC 6047"):
        parse(a_mail(method="CANCEL").as_bytes())
