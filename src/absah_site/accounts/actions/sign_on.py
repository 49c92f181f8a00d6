"""Single sign-on: which account another's word opens."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from absah.audit.tags import AccountTag
from absah.kernel.clock import Instant
from absah.kernel.errors import NotAllowed
from absah_site.accounts.store import people
from absah_site.audit.actions import record


class SignOnUnknown(NotAllowed):
    """Nobody here has the official address that the provider vouches for, or it vouches for none."""

    code = "accounts.sign-on-unknown"


class SignOnFailed(NotAllowed):
    """The provider did not say who it is."""

    code = "accounts.sign-on-failed"


@transaction.atomic
def _link(request: HttpRequest, sociallogin: Any, at: Instant) -> bool:
    vouched = {one.email.casefold() for one in sociallogin.email_addresses if one.verified}
    found = {user.pk: user for address in vouched for user in people.users_with_address(address)}
    if len(found) != 1:
        return False
    user = next(iter(found.values()))
    sociallogin.connect(request, user)
    reference = f"user:{user.public_id}"
    facts = {"provider": sociallogin.account.provider}
    record(at=at, tag=AccountTag.SIGN_ON_LINKED, actor="system:web", subject=reference, facts=facts)
    return True


def link(request: HttpRequest, sociallogin: Any, /, *, at: Instant) -> None:
    """Bind a subject of a provider to the one account with the address it vouches for.

    From then on the subject counts, not the address. Raises SignOnUnknown.
    """
    if not _link(request, sociallogin, at):
        raise note_refusal(sociallogin, at=at)


@transaction.atomic
def note_refusal(sociallogin: Any, /, *, at: Instant, provider: str = "") -> NotAllowed:
    """Write down that another's word opened nothing; returns what to tell."""
    facts = {"provider": provider if sociallogin is None else sociallogin.account.provider}
    record(at=at, tag=AccountTag.SIGN_ON_REFUSED, actor="system:web", subject="user:unknown", facts=facts)
    return SignOnFailed() if sociallogin is None else SignOnUnknown()
