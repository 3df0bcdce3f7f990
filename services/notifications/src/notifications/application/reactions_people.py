"""What happens to people themselves."""

from common import inbox
from notifications.application.copying_states import forget_person
from notifications.application.incoming import PersonErased, PersonRecorded
from notifications.application.ports import NotificationsTransaction


async def on_person_erased(event: PersonErased, tx: NotificationsTransaction) -> None:
    """P-01: from now on nothing is sent to them, whatever waits; no rebuild brings their copy back."""
    await inbox.erase(PersonRecorded, event.person_id, tx)
    await forget_person(str(event.person_id), tx)
