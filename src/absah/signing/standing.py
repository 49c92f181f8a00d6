"""Where the signatures of a document stand: intact, at which level, and until when that can be proven.

Only what can be told without trust anchors is told here; whether anybody trusts the certificates is for
`absah.validation`. A time-stamp or more material must not be put on what is broken already: it would conserve that.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import ClassVar, Final

from absah.kernel.clock import legal_date
from absah.kernel.errors import AbsahError, RuleBroken, WrongState
from absah.kernel.refs import Citation, Norm
from absah.pdf.intake import FieldContent
from absah.pdf.signature_values import SignatureContents, SignatureValue, signature_contents
from absah.pki.algorithm_policy import AlgorithmUse, algorithm_policy, algorithms_of, policy_name_of_key
from absah.pki.certificates import issuer_bytes, load_certificate, public_key_of_certificate, serial_of, validity_of
from absah.pki.cms import SignedData, SignerInfo, parse_signed_data, verify_signer_info
from absah.pki.crl import parse_crl
from absah.pki.ocsp_answers import parse_ocsp_response
from absah.pki.tsp import TimestampToken, parse_timestamp_token, verify_timestamp_token
from absah.signing.completion import chain_from, chain_of
from absah.signing.levels import Level
from absah.signing.material import ValidationMaterial

Chain = tuple[bytes, ...]
_DETACHED: Final = frozenset({"ETSI.CAdES.detached", "adbe.pkcs7.detached"})
_UNKNOWN: Final[Mapping[AlgorithmUse, date | None]] = {AlgorithmUse.EVIDENCE: date(1970, 1, 1)}
_DAY: Final = timedelta(days=1)


class NoSignature(WrongState):
    """The document carries no signature that could be extended."""

    code: ClassVar[str] = "signing.no-signature"


class SignatureBroken(RuleBroken):
    """A signature or time-stamp of the document does not hold. Parameter: field."""

    code: ClassVar[str] = "signing.signature-broken"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.EN_319_102_1, clause="5.3")


class SignatureFormForeign(WrongState):
    """A signature of a form that has no levels, such as adbe.pkcs7.sha1. Parameters: field, form."""

    code: ClassVar[str] = "signing.signature-form-foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingSignature:
    """One signature with its chain as far as it is known, and the time-stamps inside it."""

    value: SignatureValue
    signed: SignedData = field(repr=False)
    signer: SignerInfo = field(repr=False)
    chain: Chain = field(repr=False)
    tokens: tuple[TimestampToken, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingTimestamp:
    """One document time-stamp."""

    value: SignatureValue
    token: TimestampToken = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All signatures and document time-stamps, the level that all have, and the last day on which it can be proven."""

    signatures: tuple[StandingSignature, ...]
    timestamps: tuple[StandingTimestamp, ...]
    material: ValidationMaterial = field(repr=False)
    level: Level
    provable_until: date

    @property
    def untimed(self) -> tuple[StandingSignature, ...]:
        """Signatures without proof of their time."""
        return tuple(one for one in self.signatures if not _timed(one, self.timestamps))

    @property
    def chains(self) -> tuple[Chain, ...]:
        """Every chain that somebody will have to check: of signers, and of both kinds of time-stamps."""
        stamps = [token for one in self.signatures for token in one.tokens]
        stamps += [one.token for one in self.timestamps]
        return tuple(dict.fromkeys((*(one.chain for one in self.signatures), *map(chain_of, stamps))))


def standing_of(document: bytes, password: str | None = None, /) -> Standing:
    """Where a document stands.

    Raises NoSignature, SignatureBroken, SignatureFormForeign, and the refusals of `absah.pdf` and of the CMS reader.
    """
    contents = signature_contents(document, password)
    material = ValidationMaterial(certificates=contents.certificates, crls=contents.crls, ocsps=contents.ocsps)
    signatures, timestamps = [], []
    for value in contents.values:
        if value.content is FieldContent.TIMESTAMP:
            timestamps.append(_timestamp(value, document))
        else:
            signatures.append(_signature(value, document, contents))
    if not signatures:
        raise NoSignature
    level = _level(document, signatures, timestamps, material, password)
    return Standing(
        signatures=tuple(signatures),
        timestamps=tuple(timestamps),
        material=material.merged_with(carried_material(signatures)),
        level=level,
        provable_until=min(_provable_until(one, timestamps, level) for one in signatures),
    )


def carried_material(signatures: list[StandingSignature], /) -> ValidationMaterial:
    """What came inside the CMS of the signatures (RFC 5652 §5.1: certificates and crls)."""
    carried = ValidationMaterial()
    for one in signatures:
        signed = one.signed
        carried = carried.merged_with(
            ValidationMaterial(certificates=signed.certificates, crls=signed.crls, ocsps=signed.ocsp_responses)
        )
    return carried


def unproven(chain: Chain, material: ValidationMaterial, /) -> bytes | None:
    """The first certificate of a chain for which there is neither a CRL of its issuer nor an OCSP answer."""
    issuers = {parse_crl(crl).issuer for crl in material.crls}
    answers = [parse_ocsp_response(answer) for answer in material.ocsps]
    known = (*chain, *material.certificates)
    for der in chain:
        certificate = load_certificate(der)
        issuer = issuer_bytes(certificate)
        if issuer == certificate.subject.public_bytes() or issuer in issuers:
            continue
        above = chain_from(der, known)[1:2]
        if not any(answer.find(one, serial_of(certificate)) is not None for one in above for answer in answers):
            return der
    return None


def reliable_until(signer: SignerInfo, chain: Chain, *digests: str) -> date:
    """The last day on which a signature can be relied on without further proof.

    That is as long as its certificates are valid, because later nobody says whether they were revoked, and until the
    day before the policy ends one of its algorithms (EN 319 102-1 §5.5.4; design D8b).
    """
    names = {*digests, *algorithms_of(signer.signature_algorithm, _spki(chain[0]))}
    names |= {policy_name_of_key(_spki(der)) for der in chain}
    ends = [algorithm_policy().ends.get(name, _UNKNOWN)[AlgorithmUse.EVIDENCE] for name in names]
    last_days = [legal_date(validity_of(load_certificate(der))[1]) for der in chain]
    return min([*last_days, *(end - _DAY for end in ends if end is not None)])


def token_until(token: TimestampToken, /) -> date:
    """`reliable_until` of a time-stamp token."""
    return reliable_until(token.signer, chain_of(token), token.info.digest_algorithm)


def _spki(der: bytes) -> bytes:
    return public_key_of_certificate(load_certificate(der))


def _signature(value: SignatureValue, document: bytes, contents: SignatureContents) -> StandingSignature:
    if value.form not in _DETACHED:
        raise SignatureFormForeign(field=value.field, form=value.form)
    signed = parse_signed_data(value.cms)
    signer = signed.signers[0]
    tokens = tuple(map(parse_timestamp_token, signer.signature_timestamps))
    leaf = next((one for one in (*signed.certificates, *contents.certificates) if signer.is_by(one)), None)
    if leaf is None or signer.attributes is None:
        raise SignatureBroken(field=value.field)
    digest = signer.digest.digest(value.covered(document))
    if not hmac.compare_digest(digest, signer.attributes.message_digest):
        raise SignatureBroken(field=value.field)
    try:
        verify_signer_info(signer, _spki(leaf))
        for token in tokens:
            verify_timestamp_token(token, token.info.digest_algorithm.digest(signer.signature))
    except AbsahError as problem:
        raise SignatureBroken(field=value.field) from problem
    chain = chain_from(leaf, signed.certificates + contents.certificates)
    return StandingSignature(value=value, signed=signed, signer=signer, chain=chain, tokens=tokens)


def _timestamp(value: SignatureValue, document: bytes) -> StandingTimestamp:
    token = parse_timestamp_token(value.cms)
    try:
        verify_timestamp_token(token, token.info.digest_algorithm.digest(value.covered(document)))
    except AbsahError as problem:
        raise SignatureBroken(field=value.field) from problem
    return StandingTimestamp(value=value, token=token)


def _level(
    document: bytes,
    signatures: list[StandingSignature],
    timestamps: list[StandingTimestamp],
    material: ValidationMaterial,
    password: str | None,
) -> Level:
    """The level that every signature has (EN 319 142-1 §6)."""
    if not all(_timed(one, timestamps) for one in signatures):
        return Level.B_B
    if not all(_proven(one, material) for one in signatures):
        return Level.B_T
    for stamp in reversed(timestamps):
        # An earlier revision is a document of its own: what it held is what the time-stamp encloses.
        earlier = signature_contents(document[: stamp.value.end] + b"\n", password)
        then = ValidationMaterial(certificates=earlier.certificates, crls=earlier.crls, ocsps=earlier.ocsps)
        if all(stamp.value.covers(one.value) and _proven(one, then) for one in signatures):
            return Level.B_LTA
    return Level.B_LT


def _timed(one: StandingSignature, timestamps: list[StandingTimestamp] | tuple[StandingTimestamp, ...]) -> bool:
    return bool(one.tokens) or any(stamp.value.covers(one.value) for stamp in timestamps)


def _proven(one: StandingSignature, material: ValidationMaterial) -> bool:
    return unproven(one.chain, material) is None


def _provable_until(one: StandingSignature, timestamps: list[StandingTimestamp], level: Level) -> date:
    """Of the signature itself; of its best proof of time, where the file holds what is needed to check it later."""
    proofs = [reliable_until(one.signer, one.chain)]
    if level.has_material:
        proofs += [token_until(token) for token in one.tokens]
        proofs += [token_until(stamp.token) for stamp in timestamps if stamp.value.covers(one.value)]
    return max(proofs)
