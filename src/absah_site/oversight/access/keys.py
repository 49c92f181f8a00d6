"""Where the private keys of our own services are, for those who look after them: read-only, and no key is opened.

The signer says where its keys are: sealed in its own store, or in a token. The responders and the TSA keep keys of
their own (`absah.adapters.responder_keys`), of which only the certificates are looked at here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from absah.adapters.pkcs11.place import parse_place
from absah.adapters.responder_keys import ResponderFolder
from absah.kernel.clock import Instant
from absah.kernel.errors import Unavailable
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.pki import access as register
from absah_site.pki.access import AuthorityKind, RegisteredAuthority


class Home(StrEnum):
    """Where a key is. `MISSING`: the signer holds no such key; `UNKNOWN`: the signer does not answer."""

    SIGNER = "signer"
    TOKEN = "token"  # noqa: S105  (a device)
    OFFLINE = "offline"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHome:
    """Where a key is; of one in a token the name and label of the token and the key's CKA_ID in hexadecimal."""

    home: Home
    token: str = ""
    label: str = ""
    key_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """A key that the process of a service made for itself, the issuer it answers for, and how long it is certified."""

    service: AuthorityKind
    issuer: str
    until: Instant


def key_homes(found: Sequence[RegisteredAuthority], /) -> tuple[KeyHome, ...]:
    """Where the key of each of these services is. Never raises for a signer that is silent."""
    held = [one.credential for one in found if one.credential is not None]
    try:
        places = {one.credential: one.place for one in composition.signer().list_keys(*held)} if held else {}
    except Unavailable:
        return tuple(KeyHome(home=Home.OFFLINE if one.credential is None else Home.UNKNOWN) for one in found)
    return tuple(_home(one.credential, places) for one in found)


def _home(credential: CredentialId | None, places: dict[CredentialId, str]) -> KeyHome:
    if credential is None:
        return KeyHome(home=Home.OFFLINE)
    if credential not in places:
        return KeyHome(home=Home.MISSING)
    place = parse_place(places[credential])
    if place is None:
        return KeyHome(home=Home.SIGNER)
    labels = {token.name: token.label for token in composition.config().tokens}
    return KeyHome(home=Home.TOKEN, token=place.token, label=labels.get(place.token, ""), key_id=place.key_id.hex())


def own_keys(*, now: Instant) -> tuple[OwnKey, ...]:
    """The keys with which responders and the TSA sign by themselves: the newest certificate of each that is valid."""
    return tuple(_own_keys(now))


def _own_keys(now: Instant) -> Iterator[OwnKey]:
    data = composition.config().data
    asking = [(AuthorityKind.OCSP, one.slug) for one in register.services(AuthorityKind.ISSUING, now=now)]
    for service, name in (*asking, (AuthorityKind.TSA, "unit")):
        until = ResponderFolder(data, service.value, name).certified_until(now=now)
        if until is not None:
            yield OwnKey(service=service, issuer=name if service is AuthorityKind.OCSP else "", until=until)
