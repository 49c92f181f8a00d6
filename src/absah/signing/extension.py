"""Bringing the signatures of a finished document to a higher level, and renewing its archive time-stamp.

No signer's key is needed, so it works on documents that others signed, as far as revocation data can be had.

A missing proof of time comes as a signature time-stamp into the CMS where that is possible: nothing else covers the
signature's /Contents, and there is room. Elsewhere a document time-stamp over everything gives the same level
(EN 319 142-1 §6.3: either of the two). The first is the only case in which bytes are changed in place.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from absah.kernel.errors import Unavailable, WrongState
from absah.pdf.intake import require_signable
from absah.pdf.reader.source import whole
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.certificates import load_certificate, serial_of
from absah.pki.cms import with_signature_timestamp
from absah.signing.completion import LevelPorts, chain_of, require_reachable, stamped, with_document_timestamp
from absah.signing.levels import Level
from absah.signing.material import ValidationMaterial
from absah.signing.standing import Chain, Standing, StandingSignature, standing_of, token_until, unproven


class LevelReached(WrongState):
    """The document has this level already, and a new time-stamp would prove no longer. Parameters: level, until."""

    code: ClassVar[str] = "signing.level-reached"


class MaterialMissing(Unavailable):
    """Nobody here knows whether a certificate was revoked. Parameter: serial."""

    code: ClassVar[str] = "signing.material-missing"


class ExtensionStep(StrEnum):
    """What was done to a document."""

    SIGNATURE_TIMESTAMP = "signature-timestamp"
    DOCUMENT_TIMESTAMP = "document-timestamp"
    MATERIAL = "material"
    ARCHIVE_TIMESTAMP = "archive-timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """The document at its new level, where it stood before and stands now, and what was done."""

    document: bytes = field(repr=False)
    before: Standing
    after: Standing
    steps: tuple[ExtensionStep, ...]


def extend(
    document: bytes,
    level: Level,
    ports: LevelPorts,
    /,
    *,
    digest: DigestAlgorithm = DigestAlgorithm.SHA256,
    password: str | None = None,
) -> Extended:
    """Bring every signature to `level`. At B-LTA already, renew the archive time-stamp if that proves longer.

    Raises LevelReached, MaterialMissing, `signing.level-out-of-reach`, what `standing_of` says of the document, and
    what the time-stamping authority, the revocation source and the engine raise.
    """
    require_reachable(level, ports)
    require_signable(ports.surveyor.facts(document, password))
    before = standing_of(document, password)
    renewal = before.level is level is Level.B_LTA
    if before.level.reaches(level) and not renewal:
        raise LevelReached(level=before.level.value, until=before.provable_until.isoformat())
    act = _Act(document=document, ports=ports, digest=digest, password=password)
    if before.untimed:
        act.prove_time(before)
    if level.has_material:
        chains = standing_of(act.document, password).chains if before.untimed else before.chains
        if level.has_archive_timestamp:
            # The chain of the time-stamp to come has to be in the file before it (EN 319 142-1 §5.5).
            rehearsal = stamped(digest.digest(act.document), digest, ports)
            if renewal and token_until(rehearsal) <= before.provable_until:
                raise LevelReached(level=level.value, until=before.provable_until.isoformat())
            chains = tuple(dict.fromkeys((*chains, chain_of(rehearsal))))
        act.add_material(chains, before.material)
    if level.has_archive_timestamp:
        act.stamp(ExtensionStep.ARCHIVE_TIMESTAMP)
    return Extended(
        document=act.document, before=before, after=standing_of(act.document, password), steps=tuple(act.steps)
    )


@dataclass(slots=True, kw_only=True)
class _Act:
    """One extension under way."""

    document: bytes
    ports: LevelPorts
    digest: DigestAlgorithm
    password: str | None
    steps: list[ExtensionStep] = field(default_factory=list)

    def prove_time(self, standing: Standing) -> None:
        inside = [(one, _with_timestamp(one, self.ports)) for one in standing.untimed if _alone(one, standing)]
        if len(inside) < len(standing.untimed) or any(len(cms) > one.value.room for one, cms in inside):
            self.stamp(ExtensionStep.DOCUMENT_TIMESTAMP)
            return
        for one, cms in inside:
            self.document = one.value.filled(self.document, cms)
        self.steps.append(ExtensionStep.SIGNATURE_TIMESTAMP)

    def add_material(self, chains: tuple[Chain, ...], present: ValidationMaterial) -> None:
        source = self.ports.revocation_source()
        material = present
        for chain in chains:
            material = material.merged_with(source.material_for(chain))
        for chain in chains:
            lacking = unproven(chain, material)
            if lacking is not None:
                raise MaterialMissing(serial=f"{serial_of(load_certificate(lacking)):x}")
        self.document = whole(self.ports.engine.embed_material(self.document, material, password=self.password))
        self.steps.append(ExtensionStep.MATERIAL)

    def stamp(self, step: ExtensionStep) -> None:
        self.document = whole(with_document_timestamp(self.document, self.digest, self.ports, self.password))
        self.steps.append(step)


def _alone(one: StandingSignature, standing: Standing) -> bool:
    """Whether no other signature covers this one's CMS, which then may still grow."""
    values = [other.value for other in standing.signatures] + [other.value for other in standing.timestamps]
    return not any(other.covers(one.value) for other in values)


def _with_timestamp(one: StandingSignature, ports: LevelPorts) -> bytes:
    digest = one.signer.digest
    token = stamped(digest.digest(one.signer.signature), digest, ports)
    return with_signature_timestamp(one.signed.encoded, token.encoded)
