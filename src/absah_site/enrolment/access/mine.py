"""What a holder reads of the own registration."""

from absah_site.enrolment.store import requests
from absah_site.enrolment.store.people import RegisteredSubscriber


def agreement_of(found: RegisteredSubscriber, /) -> str:
    """The SHA-256 of the agreement that the person's present key signed; empty: none yet."""
    newest = requests.newest_activated(found.id)
    return "" if newest is None else newest[1]
