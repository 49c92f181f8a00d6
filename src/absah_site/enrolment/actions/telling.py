"""What people are told of their requests, in the transaction of the fact. Links go to the person's own address only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from absah.enrolment.invitation import InvitationToken, Purpose
from absah.kernel.clock import Instant
from absah.kernel.errors import Parameter
from absah_site.enrolment.access import reference_of
from absah_site.enrolment.store.people import RegisteredSubscriber
from absah_site.notices.actions import notify

_KINDS = {Purpose.COMPLETE_IDENTITY: "enrolment.identity-link", Purpose.ACTIVATE: "enrolment.activation-link"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeCourier:
    """Brings a link of an agency by mail; its content is erased from the database once it has left."""

    to: str
    agency: str
    at: Instant

    def deliver(self, purpose: Purpose, token: InvitationToken, /) -> None:
        """Written in the caller's transaction: no link without its invitation, and the other way round."""
        notify(
            _KINDS[purpose],
            to=self.to,
            parameters={"agency": self.agency},
            link=f"/undangan/{token.text}/",
            at=self.at,
        )


def tell(
    subscriber: RegisteredSubscriber,
    kind: str,
    parameters: Mapping[str, Parameter],
    /,
    *,
    at: Instant,
    link: str = "",
    occasion: str = "",
) -> bool:
    """Tell a person: on the page of notices where there is an account, and by mail."""
    return notify(kind, to=reference_of(subscriber), parameters=parameters, link=link, occasion=occasion, at=at)
