"""One confirmation on its way, and a sender that dies with it."""

from datetime import timedelta
from uuid import uuid4

from notifications.application import incoming as f
from notifications.application.sending import ClaimDue, Claimed, Claims, claim_due

from .facts import Place, a_person, a_session
from .world import PUBLIC_URL, World

LEASE = timedelta(seconds=30)


class Confirmed:
    """A fact that one person has a seat in one session; nothing went out yet."""

    def __init__(self, **person: object) -> None:
        self.world, self.offering, self.person, self.session = World(), uuid4(), a_person(**person), a_session()
        self.place = Place(self.offering, self.person.person_id)

    async def begin(self) -> World:
        await self.world.prepared(self.person, offering=self.offering, sessions=[self.session])
        await self.world.told(self.place.told(f.EnrolmentConfirmed))
        return self.world


def delivery(row, channel: str):
    return next(d for d in row.deliveries if d.channel == channel)


async def dies_after_its_claim(world: World, *, handing_over: bool, owner: str = "gone") -> list[Claimed]:
    """A sender that claims, perhaps hands over, and is never heard of again."""
    command = ClaimDue(owner=owner, limit=10, real_now=world.real, signer=world.ways_out.signer, public_url=PUBLIC_URL)
    claims: Claims = await world.service.transactions.run(
        lambda tx: claim_due(command, tx), cause=world.sender._cause()
    )
    for claimed in claims.mine if handing_over else ():
        letter = claimed.letter
        if claimed.delivery.channel == "email":
            await world.mailbox.send(letter.email, world.ways_out.writer.email(letter))
        else:
            text = world.ways_out.writer.sms(letter)
            await world.phones.send(claimed.delivery.reference, letter.phone, text, letter.language)
    return list(claims.mine)
