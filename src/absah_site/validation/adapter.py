"""The status of our own certificates, asked for one by one where the list that has it is long.

Short lists are simply laid beside every document. A list of a million entries would be read anew for each document, to
find one of them; so the register is asked about the certificates at hand instead, as a responder is.
"""

from pathlib import Path
from typing import Final, final

from absah.adapters.status_fetch import StatusFetcher
from absah.kernel.errors import AbsahError, Unavailable
from absah.pki.certificates import load_certificate, serial_of
from absah.validation.context import ValidationContext
from absah.validation.evidence import DocumentEvidence, Material
from absah.validation.needs import StatusNeeded, find_needs
from absah_site import composition
from absah_site.pki import access as register
from absah_site.pki.actions import revocation_material

#: Bytes: about ten thousand entries, read in some milliseconds.
SHORT: Final = 512 * 1024


def published_lists(repository: Path, /) -> tuple[bytes, ...]:
    """The short ones, by name."""
    return tuple(path.read_bytes() for path in _lists(repository) if path.stat().st_size <= SHORT)


def _lists(repository: Path) -> list[Path]:
    return sorted(path for path in (repository / "crl").glob("*.crl") if path.is_file())


@final
class RegisterStatus:
    """Completes what is known for one document from the register, and then from the network where that is allowed."""

    def __init__(self, beyond: StatusFetcher | None, /) -> None:
        self._beyond = beyond

    def completed(self, evidence: DocumentEvidence, context: ValidationContext, /) -> ValidationContext:
        """The context with what could be had. Raises nothing: what cannot be had stays unknown, and is told so."""
        if any(path.stat().st_size > SHORT for path in _lists(composition.config().repository)):
            for need in find_needs(evidence, context).statuses:
                context = context.also(_status_in_register(need))
        return context if self._beyond is None else self._beyond.completed(evidence, context)


def _status_in_register(need: StatusNeeded) -> Material:
    """A fresh answer; without the signer, the list after all. Nothing for a certificate that is not ours."""
    try:
        issuer = register.issuer_of(need.certificate)
        if issuer is None:
            return Material()
        try:
            found = revocation_material((need.certificate,))
        except Unavailable:
            serial = serial_of(load_certificate(need.certificate))
            shard = register.shard_of_issued(issuer, serial)
            return Material(crls=register.published_crl(issuer.slug, shard))
    except AbsahError:
        return Material()
    return Material(certificates=found.certificates, crls=found.crls, ocsps=found.ocsps)
