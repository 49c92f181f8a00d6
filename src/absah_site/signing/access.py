"""What people may read about signatures: holders all uses of their key, everybody a signature whose QR they have."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError, NotFound
from absah.signing.passkeys import binding_challenge
from absah_site import composition
from absah_site.accounts import access as accounts
from absah_site.actors import Account
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.outside import access as outside
from absah_site.outside.access import KnownHolder
from absah_site.pki import access as register
from absah_site.pki.access import RegisteredCertificate, Status
from absah_site.signing import store
from absah_site.signing.store import KeyUse, SigningState

PAGE: Final = 25
#: What stands between factors where there were several.
_BETWEEN: Final = "+"


class SignatureUnknown(NotFound):
    """No signature has this number, or it was never finished."""

    code = "register.signature-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCertificate:
    """A certificate as its holder sees it. `state` is good, suspended, revoked or expired."""

    certificate: RegisteredCertificate
    state: str

    @property
    def serial(self) -> str:
        """In pairs of digits, as certificate viewers show it."""
        return register.in_pairs(self.certificate.serial)


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCertificate:
    """Everything on the page of a holder. `elsewhere`: certificates that somebody else issued, where there are.

    `uses` are one page of them, the newest first; `all_uses` says how many there are.
    """

    subscriber: RegisteredSubscriber
    certificates: tuple[HeldCertificate, ...]
    uses: tuple[KeyUse, ...]
    all_uses: int = 0
    elsewhere: KnownHolder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSignature:
    """What a QR shows: who, when, with which certificate (None: one issued elsewhere). Never the document."""

    id: UUID
    signer_name: str
    post: str
    agency: str
    at: Instant
    level: str
    certificate: HeldCertificate | None
    sha256: str


def held(certificate: RegisteredCertificate, /, *, now: Instant) -> HeldCertificate:
    """A certificate and how it stands now."""
    expired = certificate.status is not Status.REVOKED and now > certificate.not_after
    return HeldCertificate(certificate=certificate, state="expired" if expired else certificate.status.value)


def my_certificate(account: UUID, /, *, now: Instant, page: int = 1) -> MyCertificate:
    """The certificates and the uses of the key of the person behind an account. Raises SubscriberUnknown."""
    subscriber = enrolment.subscriber_of(account)
    number = subscriber.number.text
    uses, all_uses = store.uses_of(number, offset=(page - 1) * PAGE, limit=PAGE)
    return MyCertificate(
        subscriber=subscriber,
        certificates=tuple(held(found, now=now) for found in register.certificates_of(number)),
        uses=uses,
        all_uses=all_uses,
        elsewhere=outside.find_holder(number),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPasskey:
    """A passkey that may agree for a person's key. `name` is the person's own word; empty: the account lost it."""

    id: bytes
    name: str

    @property
    def code(self) -> str:
        """The id as a form carries it."""
        return self.id.hex()


def passkeys_of(account: Account, /) -> tuple[SigningPasskey, ...]:
    """The passkeys that may agree for the own key; none where there is no key, or the signer is away."""
    try:
        credential = enrolment.subscriber_of(account.public_id).credential
        bound = () if credential is None else composition.signer().passkeys(credential)
    except AbsahError:
        return ()
    names = accounts.passkey_names(account) if bound else {}
    return tuple(SigningPasskey(id=one, name=names.get(one, "")) for one in bound)


def consent_question(account: Account, challenge: bytes, /) -> Mapping[str, Any] | None:
    """What the browser asks the passkeys that may agree for the own key; None: there are none."""
    bound = frozenset(one.id for one in passkeys_of(account))
    return accounts.consent_question(account, challenge, only=bound)


def binding_question(account: Account, /) -> Mapping[str, Any] | None:
    """What the browser asks a passkey of the account that may not agree for the key yet; None: there is none."""
    subscriber = enrolment.subscriber_of(account.public_id)
    if subscriber.credential is None:
        return None
    free = frozenset(accounts.passkey_names(account)) - {one.id for one in passkeys_of(account)}
    return accounts.consent_question(account, binding_challenge(subscriber.credential), only=free)


def public_signature(identifier: UUID, /) -> PublicSignature:
    """A finished signature by the number in its QR."""
    use = store.find(identifier)
    if use is None or use.state is not SigningState.SIGNED or use.ended_at is None:
        raise SignatureUnknown
    return PublicSignature(
        id=use.id,
        signer_name=use.signer_name,
        post=use.signer_post,
        agency=use.signer_agency,
        at=use.intended_at,
        level=use.level,
        certificate=None if use.credential == store.ELSEWHERE else _held_here(use),
        sha256=use.output_sha256,
    )


def _held_here(use: KeyUse) -> HeldCertificate:
    return held(register.certificate_with_fingerprint(use.certificate), now=composition.clock().now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a use of a key that somebody numbered: `signed` and the document's SHA-256, or not."""

    signed: bool
    sha256: str
    ended: bool


def outcome_of(record: UUID, /) -> Outcome:
    """What became of the use with this number. One that was never begun has ended without a signature."""
    use = store.find(record)
    if use is None:
        return Outcome(signed=False, sha256="", ended=True)
    signed = use.state is SigningState.SIGNED
    return Outcome(signed=signed, sha256=use.output_sha256, ended=use.state is not SigningState.INTENDED)


def outputs_of_agency(agency: str, since: Instant, until: Instant, /, *, newest: int) -> tuple[int, tuple[str, ...]]:
    """How many documents people of an agency (its name then) signed in an interval, and the newest by SHA-256."""
    return store.outputs_of_agency(agency, since, until, newest=newest)


def uses_by_month(agency: str, since: Instant, until: Instant, /) -> tuple[tuple[str, str, str, str, int], ...]:
    """How often keys of an agency were used in an interval: month, state, application, code of a failure, number."""
    return store.count_by_month(agency, since, until)


def users_of(
    agency: str, since: Instant, until: Instant, /, *, most: int
) -> tuple[int, tuple[tuple[str, str, int], ...]]:
    """How many people of an agency signed in an interval, and those who signed most: name, post, how often."""
    return store.count_users(agency, since, until, most=most)


def one_factor_uses(agency: str, since: Instant, until: Instant, /) -> tuple[int, int]:
    """How many signatures of an agency in an interval had one factor, and how many there were."""
    counted = store.count_factors(agency, since, until)
    single = sum(number for factors, number in counted.items() if _BETWEEN not in factors)
    return single, sum(counted.values())


def references_of_signatures(outputs: Collection[str], /) -> dict[str, str]:
    """How the ledger names the signatures that made some documents, by the SHA-256 of each document."""
    return {sha256: f"signature:{use}" for sha256, use in store.uses_with_outputs(outputs).items()}


def references_of_output(sha256: str, /) -> tuple[str, ...]:
    """How the ledger names the signatures that made exactly this document, and the document itself."""
    return (*(f"signature:{use}" for use in store.uses_with_output(sha256)), f"document:{sha256}")
