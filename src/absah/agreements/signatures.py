"""Who may sign for a party: the person it named, while his authority is in force, at the party's own anchor.

A valid signature of the wrong person binds nobody. The name in the certificate must be the representative's, letter for
letter apart from case, spaces and the dots of initials; titles stand in the agreement and not in certificates.
"""

import re
from datetime import date

from absah.agreements.events import SignerSeen
from absah.agreements.parties import Party, Representative
from absah.agreements.words import day_word
from absah.kernel.errors import AbsahError, NotAllowed


class SignerNotNamed(NotAllowed):
    """The certificate names somebody else than the representative. Parameters: signer, representative."""

    code = "agreements.signer-not-named"


class AuthorityNotInForce(NotAllowed):
    """The person was named, and may not sign on this day: not yet, or no more. Parameters: signer, day."""

    code = "agreements.authority-not-in-force"


class WrongAnchor(NotAllowed):
    """The signature stands at the other party's anchor. Parameters: anchor, expected."""

    code = "agreements.wrong-anchor"


def same_person(one: str, other: str, /) -> bool:
    """Whether two spellings are one name: case, spaces and the dots of initials do not matter."""
    return _plain(one) == _plain(other) != ""


def _plain(name: str, /) -> str:
    return " ".join(re.sub(r"[.\s]+", " ", name).casefold().split())


def signer_refusal(party: Party, signer: SignerSeen, day: date, /) -> AbsahError | None:
    """Why this signature does not bind the party; None if it does."""
    named = [each for each in party.representatives if same_person(each.name, signer.name)]
    if not named:
        return SignerNotNamed(signer=signer.name, representative=_latest(party).name)
    if not any(day in each.span for each in named):
        return AuthorityNotInForce(signer=signer.name, day=day_word(day))
    if signer.anchor != party.anchor:
        return WrongAnchor(anchor=signer.anchor, expected=party.anchor)
    return None


def _latest(party: Party, /) -> Representative:
    return max(party.representatives, key=lambda each: each.span.first)


def check_signer(party: Party, signer: SignerSeen, day: date, /) -> None:
    """The signature binds the party. Raises SignerNotNamed, AuthorityNotInForce or WrongAnchor."""
    if refusal := signer_refusal(party, signer, day):
        raise refusal
