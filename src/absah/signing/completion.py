"""From a signature value to a signed document: CMS, time-stamp, validation material, archive time-stamp.

What comes back from outside is checked before it is embedded: the signature against the certificate, a token against
its imprint. A wrong one would make a document that looks signed and is not.
"""

from dataclasses import dataclass, field

from absah.pdf.reader.source import ByteSource, Document
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm, verify_bytes
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.cms import build_signed_data, signature_timestamp
from absah.pki.tsp import TimestampToken, parse_timestamp_token, verify_timestamp_token
from absah.signing.hashing import hash_of
from absah.signing.levels import Level
from absah.signing.material import ValidationMaterial
from absah.signing.ports import CredentialView, DocumentEngine, RevocationSource, Signer, SwiftSigner, TimestampSource
from absah.signing.refusals import LevelOutOfReach
from absah.signing.request import Authorised, Signed
from absah.signing.stamp_room import StampRoom
from absah.signing.survey import HERE, Surveyor

_MARGIN = 8 * 1024
"""More than the largest token seen, that a document time-stamp leaves room for: its chain may have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPorts:
    """What brings a signature to its level. Without time-stamps or revocation data only the lower ones are in reach.

    `room` remembers how large tokens are; whoever keeps it leaves enough of it in the next signature. `surveyor` looks
    at documents before anything is done to them.
    """

    engine: DocumentEngine
    timestamps: TimestampSource | None = None
    revocation: RevocationSource | None = None
    room: StampRoom = field(default_factory=StampRoom)
    surveyor: Surveyor = HERE

    def timestamper(self) -> TimestampSource:
        """The time-stamping authority. Raises `signing.level-out-of-reach`."""
        if self.timestamps is None:
            raise LevelOutOfReach(level=Level.B_T.value)
        return self.timestamps

    def revocation_source(self) -> RevocationSource:
        """Where revocation data comes from. Raises `signing.level-out-of-reach`."""
        if self.revocation is None:
            raise LevelOutOfReach(level=Level.B_LT.value)
        return self.revocation


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPorts(LevelPorts):
    """The same with the keys: what this instance signs with. `swift` does in one errand what the others do in three."""

    signer: Signer
    swift: SwiftSigner | None = None


def require_reachable(level: Level, ports: LevelPorts, /) -> None:
    """Refuse a level for which a port is missing, before a key is used."""
    if level.has_timestamp:
        ports.timestamper()
    if level.has_material:
        ports.revocation_source()


def complete(authorised: Authorised, signature: bytes, ports: LevelPorts, /, *, token: bytes | None = None) -> Signed:
    """Put the signature value into the prepared document and bring it to its level.

    `token` is a time-stamp over the signature value that somebody has fetched already; it is checked like any other.
    Raises `signing.contents-overflow`; `pki.signature-invalid` when the value is not this certificate's; what the
    time-stamping authority and the revocation source raise.
    """
    prepared = authorised.prepared
    signer, draft, digest = prepared.signer, prepared.draft, prepared.reserved.algorithm
    require_reachable(draft.level, ports)
    verify_bytes(
        public_key_of_certificate(load_certificate(signer.certificate)),
        signature,
        prepared.signed_attributes,
        signer.way,
    )
    chain = (signer.certificate, *signer.chain)
    stamp = _stamp_over(signature, digest, ports, token) if draft.level.has_timestamp else None
    cms = build_signed_data(
        content=None,
        content_type=oids.DATA,
        certificates=chain,
        signed_attributes=prepared.signed_attributes,
        signature=signature,
        digest=digest,
        key_algorithm=signer.key_algorithm,
        unsigned=() if stamp is None else (signature_timestamp(stamp.encoded),),
        signature_algorithm=signer.way,
    )
    password = draft.revealed_password()
    document = prepared.reserved.filled(cms)
    if draft.level.has_material and not draft.is_final:  # there it came with the signature
        chains = [chain] if stamp is None else [chain, chain_of(stamp)]
        document = with_material(document, chains, ports, password)
    if draft.level.has_archive_timestamp:
        document = with_document_timestamp(document, digest, ports, password)
    return Signed(
        source=document,
        credential=draft.credential,
        certificate=signer.certificate,
        digest=prepared.digest,
        level=draft.level,
        field_name=prepared.reserved.field_name,
        at=prepared.at,
        consent_id=authorised.consent.consent_id,
        factors_used=authorised.consent.factors_used,
    )


def _stamp_over(signature: bytes, digest: DigestAlgorithm, ports: LevelPorts, token: bytes | None) -> TimestampToken:
    """A token over a signature value: the one that came with it, or one that is asked for now. Checked."""
    imprint = digest.digest(signature)
    return stamped(imprint, digest, ports) if token is None else checked(token, imprint, ports)


def add_archive_timestamp(
    document: Document,
    ports: LevelPorts,
    /,
    *,
    digest: DigestAlgorithm = DigestAlgorithm.SHA256,
    password: str | None = None,
) -> ByteSource:
    """One document time-stamp over everything, when all have signed (D8c): B-LT becomes B-LTA.

    A first token tells which chain the authority signs with, so that its material can go in *before* the time-stamp
    that has to protect it (EN 319 142-1 §5.5).
    """
    require_reachable(Level.B_LTA, ports)
    rehearsal = stamped(hash_of(document, digest).digest(), digest, ports)
    extended = with_material(document, [chain_of(rehearsal)], ports, password)
    return with_document_timestamp(extended, digest, ports, password)


def chain_of(token: TimestampToken, /) -> tuple[bytes, ...]:
    """The time-stamping unit's certificate and those above it, as far as they came with the token."""
    leaf = token.signer_certificate
    return () if leaf is None else chain_from(leaf, token.signed.certificates)


def chain_from(leaf: bytes, others: tuple[bytes, ...], /) -> tuple[bytes, ...]:
    """A certificate and those above it, by name, as far as they are among the others. Signatures are not checked."""
    by_subject = {load_certificate(other).subject.public_bytes(): other for other in others}
    chain = [leaf]
    while (above := by_subject.get(load_certificate(chain[-1]).issuer.public_bytes())) is not None:
        if above in chain:
            break
        chain.append(above)
    return tuple(chain)


def stamped(imprint: bytes, digest: DigestAlgorithm, ports: LevelPorts, /) -> TimestampToken:
    """A token over an imprint, checked."""
    return checked(ports.timestamper().timestamp(imprint, digest), imprint, ports)


def checked(token_der: bytes, imprint: bytes, ports: LevelPorts, /) -> TimestampToken:
    """A token, if it is truly about this imprint. Raises TimestampMismatch and kin."""
    ports.room.saw(token_der)
    token = parse_timestamp_token(token_der)
    verify_timestamp_token(token, imprint)
    return token


def with_material(
    document: Document, chains: list[tuple[bytes, ...]], ports: LevelPorts, password: str | None, /
) -> ByteSource:
    """The document with what is needed to check these chains later."""
    return ports.engine.embed_material(document, material_of(chains, ports), password=password)


def material_of(chains: list[tuple[bytes, ...]], ports: LevelPorts, /) -> ValidationMaterial:
    """What is needed to check these chains."""
    source = ports.revocation_source()
    material = ValidationMaterial()
    for chain in chains:
        material = material.merged_with(source.material_for(chain))
    return material


def material_before(signer: CredentialView, ports: LevelPorts, /) -> ValidationMaterial:
    """What a signature of B-LT will need, before it is made: nothing may be added behind it.

    A rehearsal tells which chain the time-stamping authority signs with.
    """
    digest = signer.way.digest
    rehearsal = stamped(digest.digest(signer.certificate), digest, ports)
    return material_of([(signer.certificate, *signer.chain), chain_of(rehearsal)], ports)


def with_document_timestamp(
    document: Document, digest: DigestAlgorithm, ports: LevelPorts, password: str | None, /
) -> ByteSource:
    """The document with a time-stamp over all of it."""
    reserve = ports.room.size + _MARGIN
    reserved = ports.engine.prepare_timestamp(document, reserve, digest=digest, password=password)
    token = stamped(reserved.digest, digest, ports)
    return reserved.filled(token.encoded)
