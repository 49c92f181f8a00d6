import io
from dataclasses import replace
from datetime import UTC, datetime

import pikepdf
import pytest
from tests.fakes.documents import agreement, page_with, saved
from tests.fakes.hierarchy import hierarchy
from tests.fakes.signing import CREDENTIAL, FACTORS, NOW, Bench, bench

from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.kernel.clock import instant
from absah.kernel.errors import NotAllowed
from absah.pdf.anchors import AnchorNotFound
from absah.pdf.bare_appearance import Code
from absah.pdf.geometry import BoxOffPage, PageMissing, Rect
from absah.pdf.intake import Certification, FieldContent, inspect
from absah.pdf.reader.source import whole
from absah.pdf.refusals import CertifiedNoChanges, Encrypted
from absah.pdf.signature_values import signature_contents
from absah.pki.algorithm_policy import AlgorithmExpired
from absah.pki.algorithms import (
    DigestAlgorithm,
    SignatureInvalid,
    SignatureKeyMismatch,
    SignatureScheme,
    pss_algorithm,
    public_key_of,
)
from absah.pki.cms import parse_signed_data, verify_signer_info
from absah.pki.tsp import TimestampMismatch, TimestampToken, parse_timestamp_token
from absah.signing.completion import add_archive_timestamp, chain_of, complete
from absah.signing.consent import ConsentForOther, ConsentNotCurrent, ConsentOfAnother
from absah.signing.engine.fast import FastEngine
from absah.signing.factors import Factors, Secret
from absah.signing.levels import Level
from absah.signing.placement import AtAnchor, AtBox
from absah.signing.ports import Activation, CredentialId, CredentialState, DocumentEngine
from absah.signing.refusals import (
    BatchMixed,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    CertificationFinal,
    CertificationNotFirst,
    CertifiedWithoutPlace,
    ContentsOverflow,
    CredentialNotUsable,
    FieldFilled,
    LevelOutOfReach,
    PresentationMissing,
    SignatureCountWrong,
)
from absah.signing.request import (
    Authorised,
    BarePresentation,
    BatchRequest,
    Drafted,
    LaterSignature,
    Presentation,
    Signed,
    SigningRequest,
)
from absah.signing.usecases import complete_signing, prepare_signing, sign_document, sign_documents

SHOWN = Presentation(name="Dra. PUTRI AYU, M.Si.", post="Kepala Dinas", link="https://v.contoh.go.id/1", trial=True)
BOX = AtBox(page=1, rect=Rect(left=50, bottom=50, right=240, top=120))


@pytest.fixture
def tools() -> Bench:
    return bench()


def draft(**changes) -> Drafted:
    return Drafted(**{"document": agreement(), "credential": CREDENTIAL, "level": Level.B_B, **changes})


def sign(tools: Bench, **changes) -> Signed:
    request = SigningRequest(draft=draft(**changes), application="uji", factors=FACTORS)
    return sign_document(request, tools.ports, clock=tools.clock)


@pytest.mark.parametrize(("level", "stamps", "asked"), [("B-B", 0, 0), ("B-T", 1, 0), ("B-LT", 1, 2), ("B-LTA", 2, 2)])
def test_each_level_asks_for_what_it_needs(tools: Bench, level, stamps, asked) -> None:
    signed = sign(tools, level=Level(level))
    assert (tools.timestamps.stamps, len(tools.revocation.asked)) == (stamps, asked)
    contents = [field.content for field in inspect(signed.document).fields]
    assert contents == [FieldContent.SIGNATURE, FieldContent.TIMESTAMP][: 2 if level == "B-LTA" else 1]
    assert signed.document.startswith(agreement())
    assert (b"/DSS" in signed.document) == (asked > 0)


def test_a_signature_tells_the_ledger_what_happened(tools: Bench) -> None:
    signed = sign(tools, level=Level.B_T)
    (activation,) = tools.signer.activations
    assert (signed.credential, signed.level, signed.at) == (CREDENTIAL, Level.B_T, NOW)
    assert (signed.consent_id, signed.factors_used) == ("persetujuan-1", FACTORS.kinds)
    assert activation.digests == (signed.digest,)
    assert activation.application == "uji"
    assert signed.certificate == tools.signer.members[CREDENTIAL].certificate
    assert signed.field_name == "Signature1"


def test_one_act_signs_several_documents(tools: Bench) -> None:
    drafts = (draft(), draft(document=page_with()), draft(level=Level.B_T))
    signed = sign_documents(
        BatchRequest(drafts=drafts, application="uji", factors=FACTORS), tools.ports, clock=tools.clock
    )
    assert len(tools.signer.activations) == 1
    assert len({one.digest for one in signed}) == 3
    assert all(one.document.startswith(given.document) for one, given in zip(signed, drafts, strict=True))


def test_the_halves_can_be_walked_apart(tools: Bench) -> None:
    prepared = prepare_signing(draft(), tools.ports, clock=tools.clock)
    assert tools.signer.activations == []
    (signed,) = complete_signing([prepared], "uji", FACTORS, tools.ports, clock=tools.clock)
    assert signed.document.startswith(prepared.draft.document)


def test_one_act_is_of_one_signer(tools: Bench) -> None:
    one = prepare_signing(draft(), tools.ports, clock=tools.clock)
    other = replace(one, draft=replace(one.draft, credential=CredentialId("lain")))
    for mixed in ([], [one, other]):
        with pytest.raises(BatchMixed):
            complete_signing(mixed, "uji", FACTORS, tools.ports, clock=tools.clock)


def test_wrong_factors_sign_nothing(tools: Bench) -> None:
    request = SigningRequest(draft=draft(), application="uji", factors=Factors(passphrase=Secret("salah")))
    with pytest.raises(NotAllowed):
        sign_document(request, tools.ports, clock=tools.clock)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"credential": CredentialId("lain")}, ConsentOfAnother),
        ({"digests": frozenset()}, ConsentForOther),
        ({"expires_at": NOW}, ConsentNotCurrent),
    ],
)
def test_a_consent_that_does_not_fit_uses_no_key(tools: Bench, change, refusal) -> None:
    tools.signer.consent_changes = change
    with pytest.raises(refusal):
        sign(tools)
    assert tools.signer.unused["persetujuan-1"]  # the digest was never signed


def test_certification_is_the_first_signature_and_allows_the_next(tools: Bench) -> None:
    first = sign(tools, certify=True)
    assert inspect(first.document).certification is Certification.FORM_FILLING
    with pytest.raises(CertificationNotFirst):
        sign(tools, document=first.document, certify=True)
    second = sign(tools, document=first.document)
    assert [field.name for field in inspect(second.document).fields] == ["Signature1", "Signature2"]


def test_no_changes_means_no_signature(tools: Bench) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    reference = pikepdf.Dictionary(TransformMethod=pikepdf.Name.DocMDP, TransformParams=pikepdf.Dictionary(P=1))
    pdf.Root.Perms = pikepdf.Dictionary(DocMDP=pdf.make_indirect(pikepdf.Dictionary(Reference=[reference])))
    with pytest.raises(CertifiedNoChanges):
        sign(tools, document=saved(pdf))


def test_places_for_later_signers_are_kept_and_found_by_name(tools: Bench) -> None:
    later = (
        LaterSignature(field_name="Pihak2", placement=AtAnchor(text="#")),
        LaterSignature(field_name="Saksi", placement=BOX),
    )
    first = sign(tools, certify=True, placement=AtAnchor(text="$"), presentation=SHOWN, later=later)
    fields = {field.name: field for field in inspect(first.document).fields}
    assert [fields[name].content for name in ("Signature1", "Pihak2", "Saksi")] == ["signature", "empty", "empty"]
    assert fields["Signature1"].rect.overlap(fields["Pihak2"].rect) == 0
    second = sign(tools, document=first.document, field_name="Pihak2", presentation=SHOWN)
    after = {field.name: field for field in inspect(second.document).fields}
    assert after["Pihak2"].content is FieldContent.SIGNATURE
    assert after["Pihak2"].rect == fields["Pihak2"].rect
    third = sign(tools, document=second.document, field_name="Saksi")  # nothing to show: the field stays blank
    with pytest.raises(FieldFilled):
        sign(tools, document=third.document, field_name="Pihak2", presentation=SHOWN)


def test_the_place_kept_at_an_anchor_is_found_by_the_anchor(tools: Bench) -> None:
    later = (LaterSignature(field_name="Pihak2", placement=AtAnchor(text="#")),)
    first = sign(tools, certify=True, placement=AtAnchor(text="$"), presentation=SHOWN, later=later)
    second = sign(tools, document=first.document, placement=AtAnchor(text="#"), presentation=SHOWN)
    assert second.field_name == "Pihak2"
    assert [field.name for field in inspect(second.document).fields] == ["Pihak2", "Signature1"]


def test_a_certified_document_without_a_place_takes_only_invisible_signatures(tools: Bench) -> None:
    first = sign(tools, certify=True)
    for placement in (BOX, AtAnchor(text="#")):
        with pytest.raises(CertifiedWithoutPlace):
            sign(tools, document=first.document, placement=placement, presentation=SHOWN)
    assert sign(tools, document=first.document).field_name == "Signature2"


def test_a_new_name_at_an_anchor_makes_a_new_field(tools: Bench) -> None:
    later = (LaterSignature(field_name="Pihak2", placement=AtAnchor(text="#")),)
    first = sign(tools, later=later)
    second = sign(tools, document=first.document, placement=AtAnchor(text="#"), presentation=SHOWN, field_name="Saksi")
    assert second.field_name == "Saksi"


def test_a_field_without_a_place_is_signed_invisibly(tools: Bench) -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    field = pdf.make_indirect(
        pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("ttd"), Subtype=pikepdf.Name.Widget, Rect=[0, 0, 0, 0])
    )
    page.Annots = pdf.make_indirect(pikepdf.Array([field]))
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([field])))
    signed = sign(tools, document=saved(pdf), field_name="ttd", presentation=SHOWN)
    (after,) = inspect(signed.document).fields
    assert (after.name, after.content, after.rect) == ("ttd", FieldContent.SIGNATURE, None)


def test_a_code_alone_is_drawn_where_an_application_wants_nothing_else(tools: Bench) -> None:
    bare = BarePresentation(name="Rina", shows=Code("https://surat.example/1"), trial=True)
    signed = sign(tools, placement=BOX, presentation=bare)
    with pikepdf.open(io.BytesIO(whole(signed.document))) as pdf:
        (widget,) = pdf.pages[0].Annots
        drawn = widget.AP.N
        assert set(drawn.Resources.Font.keys()) == {"/B"}  # the strip of a trial, and no other words
        assert drawn.read_bytes().count(b"BT") == 1


def test_a_visible_signature_stands_where_it_was_wanted(tools: Bench) -> None:
    boxed = sign(tools, placement=BOX, presentation=SHOWN)
    (field,) = inspect(boxed.document).fields
    assert (field.page, field.rect) == (1, BOX.rect)


def test_places_that_do_not_exist_are_refused_before_the_key(tools: Bench) -> None:
    for placement, refusal in (
        (AtAnchor(text="@"), AnchorNotFound),
        (replace(BOX, page=9), PageMissing),
        (AtBox(page=1, rect=Rect(left=500, bottom=0, right=700, top=70)), BoxOffPage),
    ):
        with pytest.raises(refusal):
            sign(tools, placement=placement, presentation=SHOWN)
    with pytest.raises(PresentationMissing):
        sign(tools, placement=BOX)
    assert tools.signer.activations == []


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (CredentialState.REVOKED, CertificateRevoked),
        (CredentialState.SUSPENDED, CredentialNotUsable),
        (CredentialState.PENDING, CredentialNotUsable),
    ],
)
def test_only_active_credentials_sign(tools: Bench, state, refusal) -> None:
    tools.signer.state = state
    with pytest.raises(refusal):
        sign(tools)


def test_certificates_sign_in_their_time() -> None:
    pki = hierarchy()
    past, future = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    with pytest.raises(CertificateExpired) as refusal:
        sign(bench(member=pki.signer(end=past)))
    assert refusal.value.parameters == {"last": "2026-01-01"}
    with pytest.raises(CertificateNotYetValid) as refusal:
        sign(bench(member=pki.signer(start=future)))
    assert refusal.value.parameters == {"first": "2027-01-01"}


def test_rsa_2048_signs_until_its_last_day() -> None:
    tools = bench(kind="rsa-2048")
    assert sign(tools).document
    tools.clock.moment = instant(datetime(2029, 1, 2, tzinfo=UTC))  # ETSI TS 119 312
    with pytest.raises(AlgorithmExpired):
        sign(tools)


def test_p384_signs_with_its_own_digest() -> None:
    tools = bench(kind="p384")
    assert len(sign(tools).digest) == 48


def test_levels_without_their_ports_are_refused_before_the_key(tools: Bench) -> None:
    bare = replace(tools.ports, timestamps=None, revocation=None)
    without_revocation = replace(tools.ports, revocation=None)
    for ports, level in ((bare, Level.B_T), (without_revocation, Level.B_LT), (bare, Level.B_LTA)):
        with pytest.raises(LevelOutOfReach):
            prepare_signing(draft(level=level), ports, clock=tools.clock)
    with pytest.raises(LevelOutOfReach):
        add_archive_timestamp(agreement(), without_revocation)


def test_a_signature_of_another_key_is_not_embedded(tools: Bench) -> None:
    prepared = prepare_signing(draft(), tools.ports, clock=tools.clock)
    consent = tools.signer.authorise(
        Activation(credential=CREDENTIAL, application="uji", digests=(prepared.digest,), factors=FACTORS)
    )
    (signature,) = tools.signer.sign(consent, (prepared.signed_attributes,))
    spoiled = signature[:-1] + bytes([signature[-1] ^ 1])
    with pytest.raises(SignatureInvalid):
        complete(Authorised(prepared=prepared, consent=consent), spoiled, tools.ports)


def test_a_signer_that_miscounts_is_not_believed(tools: Bench) -> None:
    class Forgetful:
        certificate_chain = tools.signer.certificate_chain
        authorise = tools.signer.authorise

        def sign(self, *_):
            return ()

    ports = replace(tools.ports, signer=Forgetful())
    with pytest.raises(SignatureCountWrong):
        sign_document(SigningRequest(draft=draft(), application="uji", factors=FACTORS), ports, clock=tools.clock)


def test_a_timestamp_over_something_else_is_not_embedded(tools: Bench) -> None:
    class Careless:
        def timestamp(self, imprint: bytes, digest: DigestAlgorithm, /) -> bytes:
            return tools.timestamps.timestamp(bytes(len(imprint)), digest)

    ports = replace(tools.ports, timestamps=Careless())
    with pytest.raises(TimestampMismatch):
        sign_document(
            SigningRequest(draft=draft(level=Level.B_T), application="uji", factors=FACTORS), ports, clock=tools.clock
        )


def test_a_cms_larger_than_its_room_is_an_error_of_its_own_and_the_key_is_used_once(tools: Bench) -> None:
    class Verbose:
        def timestamp(self, imprint: bytes, digest: DigestAlgorithm, /) -> bytes:
            original, chain = tools.pki.tsa, tools.pki.tsa.chain
            tools.timestamps.tsa = replace(
                original, chain=(*chain, *(tools.pki.signer(name=f"N{n}" * 15).certificate for n in range(40)))
            )
            return tools.timestamps.timestamp(imprint, digest)

    ports = replace(tools.ports, timestamps=Verbose())
    with pytest.raises(ContentsOverflow) as refusal:
        sign_document(
            SigningRequest(draft=draft(level=Level.B_T), application="uji", factors=FACTORS), ports, clock=tools.clock
        )
    assert refusal.value.parameters["needed"] > refusal.value.parameters["room"]
    assert len(tools.signer.activations) == 1
    assert tools.signer.unused == {"persetujuan-1": set()}
    # The next signature leaves room for what this authority was seen to send.
    again = SigningRequest(draft=draft(level=Level.B_T), application="uji", factors=FACTORS)
    assert sign_document(again, ports, clock=tools.clock).level is Level.B_T


def test_whoever_knows_better_asks_for_more_room(tools: Bench) -> None:
    assert prepare_signing(draft(reserve=50_000), tools.ports, clock=tools.clock).reserved.room == 50_000
    assert prepare_signing(draft(reserve=1), tools.ports, clock=tools.clock).reserved.room >= 16 * 1024


def test_a_time_stamp_fetched_before_is_embedded_and_checked_like_any_other(tools: Bench) -> None:
    prepared = prepare_signing(draft(level=Level.B_T), tools.ports, clock=tools.clock)
    factors = Activation(credential=CREDENTIAL, application="uji", digests=(prepared.digest,), factors=FACTORS)
    consent = tools.signer.authorise(factors)
    (signature,) = tools.signer.sign(consent, (prepared.signed_attributes,))
    digest = prepared.reserved.algorithm
    token = tools.timestamps.timestamp(digest.digest(signature), digest)
    authorised = Authorised(prepared=prepared, consent=consent)
    signed = complete(authorised, signature, tools.ports, token=token)
    assert token.hex().encode() in signed.document
    assert tools.timestamps.stamps == 1
    with pytest.raises(TimestampMismatch):
        complete(authorised, signature, tools.ports, token=tools.timestamps.timestamp(bytes(32), digest))


def test_the_archive_timestamp_comes_last_and_its_chain_before_it(tools: Bench) -> None:
    signed = sign(tools, level=Level.B_B)
    archived = whole(add_archive_timestamp(signed.document, tools.ports))
    assert archived.startswith(signed.document)
    assert archived.index(b"/DSS") < archived.index(b"/DocTimeStamp")
    assert tools.timestamps.stamps == 2
    assert [field.content for field in inspect(archived).fields] == [FieldContent.SIGNATURE, FieldContent.TIMESTAMP]


def test_the_chain_of_a_token_is_put_in_order(tools: Bench) -> None:
    token = parse_timestamp_token(tools.timestamps.timestamp(bytes(32), DigestAlgorithm.SHA256))
    tsa = tools.pki.tsa
    assert chain_of(token) == (tsa.certificate, *tsa.chain)
    anonymous: TimestampToken = replace(token, signed=replace(token.signed, certificates=()))
    assert chain_of(anonymous) == ()
    alone = replace(token, signed=replace(token.signed, certificates=(tsa.certificate,)))
    assert chain_of(alone) == (tsa.certificate,)


def test_a_locked_document_is_signed_with_its_password(tools: Bench) -> None:
    locked = page_with("BT /F1 12 Tf 100 200 Td (#) Tj ET", encryption=pikepdf.Encryption(user="baca", owner="milik"))
    with pytest.raises(Encrypted):
        sign(tools, document=locked)
    signed = sign(
        tools,
        document=locked,
        password=Secret("baca"),
        placement=AtAnchor(text="#"),
        presentation=SHOWN,
        level=Level.B_LTA,
    )
    facts = inspect(signed.document, "baca")
    assert [field.content for field in facts.fields] == [FieldContent.SIGNATURE, FieldContent.TIMESTAMP]
    assert facts.encrypted


def test_an_rsa_key_signs_with_pss_where_that_was_chosen() -> None:
    tools = bench(kind="rsa-2048")
    tools.signer.scheme = SignatureScheme.RSA_PSS
    signed = sign(tools)
    (value,) = signature_contents(signed.document).values
    (signer,) = parse_signed_data(value.cms).signers
    assert signer.signature_algorithm == pss_algorithm(DigestAlgorithm.SHA256)
    verify_signer_info(signer, public_key_of(tools.signer.members[CREDENTIAL].key))


def test_an_elliptic_key_has_no_pss() -> None:
    tools = bench()
    tools.signer.scheme = SignatureScheme.RSA_PSS
    with pytest.raises(SignatureKeyMismatch):
        prepare_signing(draft(), tools.ports, clock=tools.clock)


@pytest.mark.parametrize("engine", [FastEngine(), PyHankoEngine()])
@pytest.mark.parametrize("level", [Level.B_B, Level.B_T, Level.B_LT])
def test_a_certification_that_permits_nothing_is_one_revision(engine: DocumentEngine, level: Level) -> None:
    tools = bench(engine=engine)
    signed = sign(tools, document=page_with(), level=level, certify=True, permissions=Certification.NO_CHANGES)
    assert inspect(signed.document).certification is Certification.NO_CHANGES
    assert signed.document.count(b"%%EOF") == page_with().count(b"%%EOF") + 1
    contents = signature_contents(signed.document)
    assert (contents.crls != ()) is level.has_material
    if level.has_material:
        assert {tools.pki.tsa.certificate, signed.certificate} <= set(contents.certificates)
    with pytest.raises(CertifiedNoChanges):
        sign(tools, document=signed.document)


@pytest.mark.parametrize("allowed", list(Certification))
def test_a_certification_says_what_it_allows(allowed: Certification) -> None:
    tools = bench(engine=FastEngine())
    signed = sign(tools, document=page_with(), certify=True, permissions=allowed)
    assert inspect(signed.document).certification is allowed


@pytest.mark.parametrize(
    "more",
    [{"level": Level.B_LTA}, {"later": (LaterSignature(field_name="Pihak2", placement=BOX),)}],
)
def test_a_certification_that_permits_nothing_leaves_no_room_for_more(tools: Bench, more) -> None:
    with pytest.raises(CertificationFinal):
        sign(tools, certify=True, permissions=Certification.NO_CHANGES, **more)
    assert tools.signer.activations == []
