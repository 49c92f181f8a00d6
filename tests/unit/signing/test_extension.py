"""From level to level without the signer, and what is refused on the way."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.fakes.documents import agreement, page_with
from tests.fakes.hierarchy import hierarchy
from tests.fakes.signing import CREDENTIAL, FACTORS, Bench, bench

from absah.adapters.engines import ChosenEngine
from absah.kernel.clock import instant
from absah.pdf.intake import Certification, DocumentFacts, FieldContent, inspect
from absah.pdf.reader.source import Document, whole
from absah.pdf.refusals import CertifiedNoChanges
from absah.pdf.signature_values import signature_contents
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm, digest_algorithm_for, key_algorithm_of, public_key_of, sign_bytes
from absah.pki.cms import build_signed_data, parse_signed_data
from absah.pki.cms_attributes import build_signed_attributes
from absah.pki.tsp import parse_timestamp_token
from absah.signing.extension import ExtensionStep, LevelReached, MaterialMissing, extend
from absah.signing.levels import Level
from absah.signing.material import ValidationMaterial
from absah.signing.ports import InvisibleWidget, SignatureField
from absah.signing.refusals import LevelOutOfReach
from absah.signing.request import Drafted, SigningRequest
from absah.signing.standing import (
    NoSignature,
    SignatureBroken,
    SignatureFormForeign,
    reliable_until,
    standing_of,
    token_until,
    unproven,
)
from absah.signing.survey import HERE
from absah.signing.usecases import sign_document

IN_PLACE, WHOLE = ExtensionStep.SIGNATURE_TIMESTAMP, ExtensionStep.DOCUMENT_TIMESTAMP
MATERIAL, ARCHIVE = ExtensionStep.MATERIAL, ExtensionStep.ARCHIVE_TIMESTAMP


@pytest.fixture(scope="module")
def tools() -> Bench:
    return bench(engine=ChosenEngine())


def sign(tools: Bench, level: Level, document: bytes | None = None) -> bytes:
    draft = Drafted(document=document or agreement(), credential=CREDENTIAL, level=level)
    request = SigningRequest(draft=draft, application="uji", factors=FACTORS)
    return sign_document(request, tools.ports, clock=tools.clock).document


@pytest.mark.parametrize(
    ("start", "level", "steps"),
    [
        (Level.B_B, Level.B_T, (IN_PLACE,)),
        (Level.B_B, Level.B_LT, (IN_PLACE, MATERIAL)),
        (Level.B_B, Level.B_LTA, (IN_PLACE, MATERIAL, ARCHIVE)),
        (Level.B_T, Level.B_LT, (MATERIAL,)),
        (Level.B_T, Level.B_LTA, (MATERIAL, ARCHIVE)),
        (Level.B_LT, Level.B_LTA, (MATERIAL, ARCHIVE)),
    ],
)
def test_a_document_gets_what_its_new_level_adds(tools: Bench, start, level, steps) -> None:
    signed = sign(tools, start)
    made = extend(signed, level, tools.ports)
    assert (made.before.level, made.after.level, made.steps) == (start, level, steps)
    assert len(tools.signer.unused) == len(tools.signer.activations)  # nobody was asked again
    if start is not Level.B_B:
        assert made.document.startswith(signed)


def test_a_signature_that_another_one_covers_gets_its_time_from_a_stamp_over_the_document(tools: Bench) -> None:
    first = sign(tools, Level.B_B)
    both = sign(tools, Level.B_T, first)
    assert standing_of(both).level is Level.B_B
    made = extend(both, Level.B_LTA, tools.ports)
    assert made.steps == (WHOLE, MATERIAL, ARCHIVE)
    assert made.document.startswith(both)
    assert made.after.level is Level.B_LTA
    contents = [field.content for field in inspect(made.document).fields]
    assert contents.count(FieldContent.TIMESTAMP) == 2


def handmade(tools: Bench, *, reserve: int | None = None, form: bytes = b"", **changes) -> bytes:
    """A signature of which the test says how much room it has, and what is wrong with it."""
    member = tools.signer.members[CREDENTIAL]
    kind = key_algorithm_of(public_key_of(member.key))
    digest = digest_algorithm_for(kind)
    field = SignatureField(widget=InvisibleWidget(), at=tools.clock.now(), digest=digest, reserve=reserve or 9000)
    reserved = tools.ports.engine.prepare(page_with(), field)
    if form:
        swapped = reserved.document.replace(b"/ETSI.CAdES.detached", form.ljust(20))
        covered = swapped[: reserved.byte_range[1]] + swapped[reserved.byte_range[2] :]
        appended = swapped[reserved.original.size :]
        reserved = replace(reserved, appended=appended, digest=digest.digest(covered))
    attributes = build_signed_attributes(oids.DATA, changes.get("digest", reserved.digest), member.certificate, digest)
    cms = build_signed_data(
        content=None,
        content_type=oids.DATA,
        certificates=changes.get("certificates", (member.certificate, *member.chain)),
        signed_attributes=attributes,
        signature=changes.get("signature") or sign_bytes(member.key, attributes, digest),
        digest=digest,
        key_algorithm=kind,
    )
    return whole(reserved.filled(cms)) if reserve is None else _tight(tools, field, cms)


def _tight(tools: Bench, field: SignatureField, cms: bytes) -> bytes:
    """With exactly the room that the CMS needs."""
    member = tools.signer.members[CREDENTIAL]
    reserved = tools.ports.engine.prepare(page_with(), replace(field, reserve=len(cms) + 8))
    attributes = build_signed_attributes(oids.DATA, reserved.digest, member.certificate, field.digest)
    made = build_signed_data(
        content=None,
        content_type=oids.DATA,
        certificates=(member.certificate, *member.chain),
        signed_attributes=attributes,
        signature=sign_bytes(member.key, attributes, field.digest),
        digest=field.digest,
        key_algorithm=key_algorithm_of(public_key_of(member.key)),
    )
    return whole(reserved.filled(made))


def test_without_room_in_the_signature_the_stamp_goes_over_the_document(tools: Bench) -> None:
    made = extend(handmade(tools, reserve=1), Level.B_T, tools.ports)
    assert (made.steps, made.after.level) == ((WHOLE,), Level.B_T)


def test_an_older_form_of_signature_is_protected_too(tools: Bench) -> None:
    made = extend(handmade(tools, form=b"/adbe.pkcs7.detached"), Level.B_LTA, tools.ports)
    assert made.after.level is Level.B_LTA


def test_forms_without_levels_are_refused(tools: Bench) -> None:
    with pytest.raises(SignatureFormForeign) as refused:
        standing_of(handmade(tools, form=b"/adbe.x509.rsa_sha1"))
    assert refused.value.parameters["form"] == "adbe.x509.rsa_sha1"


def test_what_does_not_hold_is_not_extended(tools: Bench) -> None:
    good = handmade(tools)
    assert standing_of(good).level is Level.B_B
    other = tools.pki.signer(name="ORANG LAIN", kind="p384")
    for broken in (
        handmade(tools, digest=bytes(32)),
        handmade(tools, signature=sign_bytes(tools.signer.members[CREDENTIAL].key, b"lain", DigestAlgorithm.SHA256)),
        handmade(tools, certificates=(other.certificate,)),
    ):
        # The signer is named by the first certificate: the stranger's is then "found", but its key does not fit.
        with pytest.raises(SignatureBroken):
            extend(broken, Level.B_T, tools.ports)


def test_a_signer_without_a_certificate_in_the_file_cannot_be_checked(tools: Bench) -> None:
    good = handmade(tools)
    value = signature_contents(good).values[0]
    member = tools.signer.members[CREDENTIAL]
    serial = member.parsed.serial_number.to_bytes(20, "big").lstrip(b"\0")
    before, found, after = value.cms.rpartition(serial)
    assert found
    with pytest.raises(SignatureBroken):
        standing_of(value.filled(good, before + bytes([found[0] ^ 1]) + found[1:] + after))


def test_a_changed_document_time_stamp_is_found(tools: Bench) -> None:
    signed = sign(tools, Level.B_LTA)
    stamp = signature_contents(signed).values[1]
    token = parse_timestamp_token(stamp.cms)
    wrong = stamp.cms.replace(token.info.imprint, bytes(len(token.info.imprint)), 1)
    with pytest.raises(SignatureBroken):
        standing_of(stamp.filled(signed, wrong))


class Forbidding:
    """Sees a certification in every document that permits nothing more."""

    def __init__(self) -> None:
        self.anchors, self.box = HERE.anchors, HERE.box

    def facts(self, document: Document, password: str | None, /) -> DocumentFacts:
        return replace(inspect(whole(document), password), certification=Certification.NO_CHANGES)


def test_unsigned_documents_and_forbidden_ones_are_refused(tools: Bench) -> None:
    with pytest.raises(NoSignature):
        extend(page_with(), Level.B_LTA, tools.ports)
    stamped_only = tools.ports.engine.prepare_timestamp(page_with(), 9000)
    token = tools.timestamps.timestamp(stamped_only.digest, stamped_only.algorithm)
    with pytest.raises(NoSignature):
        extend(whole(stamped_only.filled(token)), Level.B_LTA, tools.ports)
    with pytest.raises(CertifiedNoChanges):
        extend(sign(tools, Level.B_B), Level.B_T, replace(tools.ports, surveyor=Forbidding()))


def test_a_level_that_is_there_or_out_of_reach_is_refused(tools: Bench) -> None:
    signed = sign(tools, Level.B_LT)
    for level in (Level.B_B, Level.B_T, Level.B_LT):
        with pytest.raises(LevelReached):
            extend(signed, level, tools.ports)
    with pytest.raises(LevelOutOfReach):
        extend(signed, Level.B_LTA, replace(tools.ports, timestamps=None))


def test_the_archive_stamp_is_renewed_when_a_newer_one_proves_longer() -> None:
    pki = hierarchy()
    tools = bench(engine=ChosenEngine(), member=pki.signer(end=datetime(2027, 3, 1, tzinfo=UTC)))
    tools.timestamps.tsa = pki.time_stamper(end=datetime(2028, 3, 1, tzinfo=UTC))
    signed = sign(tools, Level.B_LTA)
    before = standing_of(signed)
    assert (before.level, before.provable_until) == (Level.B_LTA, date(2028, 3, 1))
    with pytest.raises(LevelReached) as refused:
        extend(signed, Level.B_LTA, tools.ports)
    assert refused.value.parameters["until"] == before.provable_until.isoformat()
    tools.timestamps.tsa = pki.tsa
    made = extend(signed, Level.B_LTA, tools.ports)
    assert made.steps == (MATERIAL, ARCHIVE)
    assert made.document.startswith(signed)
    assert made.after.provable_until == date(2036, 1, 1)
    assert len(made.after.timestamps) == 2


class Ignorant:
    """Knows nothing about anybody."""

    def material_for(self, certificates: tuple[bytes, ...], /) -> ValidationMaterial:
        return ValidationMaterial(certificates=certificates)


def test_foreign_signers_are_extended_as_far_as_their_status_is_known(tools: Bench) -> None:
    ports = replace(tools.ports, revocation=Ignorant())
    signed = sign(tools, Level.B_B)
    assert extend(signed, Level.B_T, ports).after.level is Level.B_T
    with pytest.raises(MaterialMissing) as refused:
        extend(signed, Level.B_LT, ports)
    certificate = tools.signer.members[CREDENTIAL].parsed
    assert refused.value.parameters == {"serial": f"{certificate.serial_number:x}"}
    # What the document itself carries counts.
    assert extend(sign(tools, Level.B_LT), Level.B_LTA, ports).after.level is Level.B_LTA


def test_material_that_came_after_the_stamp_is_not_protected_by_it(tools: Bench) -> None:
    timed = extend(sign(tools, Level.B_T, sign(tools, Level.B_B)), Level.B_T, tools.ports)
    assert timed.steps == (WHOLE,)
    later = extend(timed.document, Level.B_LT, tools.ports)
    assert (later.after.level, len(later.after.timestamps)) == (Level.B_LT, 1)


def test_provable_means_until_certificates_end_or_the_policy_ends_an_algorithm(tools: Bench) -> None:
    standing = standing_of(sign(tools, Level.B_LTA))
    (one,), (stamp,) = standing.signatures, standing.timestamps
    assert standing.provable_until == max(reliable_until(one.signer, one.chain), token_until(stamp.token))
    rsa = bench(kind="rsa-2048", engine=ChosenEngine())
    old = standing_of(sign(rsa, Level.B_B))
    assert old.provable_until == date(2030, 12, 31)
    with_sha1 = reliable_until(one.signer, one.chain, "sha1")
    assert with_sha1 == date(2016, 12, 31)
    assert reliable_until(one.signer, one.chain, "belum dikenal") < date(1970, 1, 1)


def test_the_best_proof_of_time_counts_only_with_what_is_needed_to_check_it() -> None:
    """A short certificate: B-T ends with it, B-LT with the time-stamp's."""
    pki = hierarchy()
    short = pki.signer(end=datetime(2027, 3, 1, tzinfo=UTC))
    tools = bench(engine=ChosenEngine(), member=short)
    assert standing_of(sign(tools, Level.B_T)).provable_until == date(2027, 3, 1)
    assert standing_of(sign(tools, Level.B_LT)).provable_until > date(2027, 3, 1)


def test_an_ocsp_answer_proves_a_certificate_too(tools: Bench) -> None:
    from tests.conformance.pades_samples import make_ocsp
    from tests.fixtures_pki import make_pki

    pki = make_pki()
    chain = (pki.person.certificate, pki.issuing.certificate)
    answer = make_ocsp(pki, pki.person, instant(datetime(2026, 11, 21, 2, tzinfo=UTC)))
    assert unproven(chain[:1], ValidationMaterial()) == chain[0]
    assert unproven(chain[:1], ValidationMaterial(ocsps=(answer,))) == chain[0]  # whose answer is it?
    assert unproven(chain[:1], ValidationMaterial(certificates=chain[1:], ocsps=(answer,))) is None
    assert unproven(chain, ValidationMaterial(ocsps=(answer,))) == chain[1]


def test_the_stamp_in_the_signature_is_over_its_value(tools: Bench) -> None:
    made = extend(sign(tools, Level.B_B), Level.B_T, tools.ports)
    (one,) = made.after.signatures
    (token,) = one.tokens
    assert token.info.imprint == one.signer.digest.digest(one.signer.signature)
    assert parse_signed_data(one.value.cms).signers[0].signature == made.before.signatures[0].signer.signature
