"""Uses of keys that are held elsewhere: the same rows as for our own keys, so that statistics and reports see them.

Who asks there, and what became of it, is `absah_site.relay`. These rows are written in its transactions.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from absah.audit.tags import SigningTag
from absah.kernel.clock import Instant
from absah.signing.factors import FactorKind
from absah.signing.ports import CredentialId
from absah_site.audit.actions import record
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.signing import store
from absah_site.signing.actions.documents import SigningInterrupted, factors_text
from absah_site.signing.store import ELSEWHERE, KeyUse, SigningState

_LEVEL_UNTIL_KNOWN: Final = "B-B"


@dataclass(frozen=True, slots=True, kw_only=True)
class UseElsewhere:
    """A key of a person is about to be used elsewhere. `serial`: of the certificate that is expected, if known."""

    id: UUID
    person: RegisteredSubscriber
    post: str
    application: str
    input_sha256: str
    placement: str
    factors: frozenset[FactorKind]
    serial: str


def intend_elsewhere(use: UseElsewhere, /, *, at: Instant) -> None:
    """Write down that it is about to be."""
    store.add(
        KeyUse(
            id=use.id,
            holder=use.person.number.text,
            signer_name=use.person.name.with_titles,
            signer_post=use.post or use.person.post,
            signer_agency=use.person.agency.agency.name,
            credential=CredentialId(ELSEWHERE),
            certificate="",
            application=use.application,
            input_sha256=use.input_sha256,
            output_sha256="",
            level=_LEVEL_UNTIL_KNOWN,
            placement=use.placement,
            factors=factors_text(use.factors),
            state=SigningState.INTENDED,
            error="",
            intended_at=at,
            ended_at=None,
        )
    )
    facts = {"application": use.application, "serial": use.serial, "digest": use.input_sha256, "held": "elsewhere"}
    subject = f"signature:{use.id}"
    record(at=at, tag=SigningTag.SIGNATURE_INTENDED, actor=use.person.number.reference, subject=subject, facts=facts)


def conclude_elsewhere(
    use: UUID, /, *, holder: str, output_sha256: str, level: str, fingerprint: str, at: Instant
) -> None:
    """It was signed. Raises SigningInterrupted where the use had ended before."""
    if not store.conclude_elsewhere(
        use, output_sha256=output_sha256, level=level or _LEVEL_UNTIL_KNOWN, fingerprint=fingerprint, at=at
    ):
        raise SigningInterrupted
    facts = {"sha256": output_sha256, "certificate": fingerprint, "held": "elsewhere"}
    record(at=at, tag=SigningTag.SIGNATURE_MADE, actor=holder, subject=f"signature:{use}", facts=facts)


def fail_elsewhere(use: UUID, error: str, /, *, holder: str, at: Instant) -> None:
    """Nothing was signed, or a person decided so."""
    if store.conclude_failed(use, error=error, at=at):
        facts = {"error": error, "held": "elsewhere"}
        record(at=at, tag=SigningTag.SIGNATURE_FAILED, actor=holder, subject=f"signature:{use}", facts=facts)
