import io
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from tests.fakes.documents import page_with, saved
from tests.fakes.signing import NOW

from absah.adapters.engines import ChosenEngine
from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.pdf.intake import Certification
from absah.pdf.reader.source import whole
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.engine.permissions import FieldLocked
from absah.signing.ports import InvisibleWidget, SignatureField
from absah.signing.refusals import SeedValuesUnmet

ENGINE = PyHankoEngine()
WISH = SignatureField(widget=InvisibleWidget(), at=NOW, digest=DigestAlgorithm.SHA256, reserve=200, name="a")
CERTIFYING = replace(WISH, certify=True, permissions=Certification.FORM_FILLING)
SUB_FILTER, VERSION, REASONS, ATTESTATION, REVOCATION, DIGEST, LOCK, LOOK = 2, 4, 8, 16, 32, 64, 128, 256


def form(**says: pikepdf.Object) -> bytes:
    """A document with the empty fields `a`, of which this is said, and `b`."""
    with pikepdf.open(io.BytesIO(page_with())) as pdf:
        page = pdf.pages[0].obj
        fields = [
            pdf.make_indirect(
                Dictionary(
                    Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, F=4, P=page, T=String(name),
                    Rect=Array([0, 0, 0, 0]), **more,
                )
            )
            for name, more in (("a", says), ("b", {}))
        ]  # fmt: skip
        page.Annots = Array(fields)
        pdf.Root.AcroForm = Dictionary(Fields=Array(fields))
        return saved(pdf)


def references(document: bytes) -> list[pikepdf.Object]:
    pdf = pikepdf.open(io.BytesIO(document))
    return list(pdf.Root.AcroForm.Fields[0].V.get("/Reference", []))


def names(*values: str) -> Array:
    return Array([String(value) for value in values])


# What the field says, a wish that meets it, one that does not, and what it is told.
SEEDS: list[tuple[Callable[[], Dictionary], SignatureField | None, SignatureField | None, str]] = [
    (lambda: Dictionary(Filter=Name("/Adobe.PPKLite"), Ff=1), WISH, None, ""),
    (lambda: Dictionary(Filter=Name("/Lain"), Ff=1), None, WISH, "Filter"),
    (lambda: Dictionary(SubFilter=Array([Name("/ETSI.CAdES.detached")]), Ff=SUB_FILTER), WISH, None, ""),
    (lambda: Dictionary(SubFilter=Array([Name("/adbe.pkcs7.detached")]), Ff=SUB_FILTER), None, WISH, "SubFilter"),
    (lambda: Dictionary(V=3, Ff=VERSION), WISH, None, ""),
    (lambda: Dictionary(V=4, Ff=VERSION), None, WISH, "V"),
    (lambda: Dictionary(Reasons=names("Setuju"), Ff=REASONS), replace(WISH, reason="Setuju"), WISH, "Reasons"),
    (lambda: Dictionary(Reasons=names("."), Ff=REASONS), WISH, replace(WISH, reason="Setuju"), "Reasons"),
    (lambda: Dictionary(Reasons=names("Setuju")), WISH, None, ""),
    (lambda: Dictionary(LegalAttestation=names("x"), Ff=ATTESTATION), None, WISH, "LegalAttestation"),
    (lambda: Dictionary(AddRevInfo=True, Ff=REVOCATION), None, WISH, "AddRevInfo"),
    (
        lambda: Dictionary(DigestMethod=names("SHA256"), Ff=DIGEST),
        WISH,
        replace(WISH, digest=DigestAlgorithm.SHA384),
        "DigestMethod",
    ),
    (lambda: Dictionary(LockDocument=Name("/false"), Ff=LOCK), WISH, None, ""),
    (lambda: Dictionary(LockDocument=Name("/true"), Ff=LOCK), None, WISH, "LockDocument"),
    (lambda: Dictionary(AppearanceFilter=String("x"), Ff=LOOK), None, WISH, "AppearanceFilter"),
    (lambda: Dictionary(Ff=512), None, WISH, "Ff"),
    (lambda: Dictionary(Cert=Dictionary(Ff=1)), None, WISH, "Cert"),
    (lambda: Dictionary(TimeStamp=Dictionary(URL=String("http://x"), Ff=1)), None, WISH, "TimeStamp"),
    (lambda: Dictionary(TimeStamp=Dictionary(URL=String("http://x"))), WISH, None, ""),
    (lambda: Dictionary(MDP=Dictionary(P=2)), CERTIFYING, WISH, "MDP"),
    (lambda: Dictionary(MDP=Dictionary(P=0)), WISH, CERTIFYING, "MDP"),
]


@pytest.mark.parametrize(("seeds", "met", "unmet", "demand"), SEEDS)
def test_nobody_signs_against_what_the_author_of_a_field_demands(
    seeds: Callable[[], Dictionary], met: SignatureField | None, unmet: SignatureField | None, demand: str
) -> None:
    document = form(SV=seeds())
    if met is not None:
        assert ENGINE.prepare(document, met).field_name == "a"
    if unmet is not None:
        with pytest.raises(SeedValuesUnmet) as refusal:
            ENGINE.prepare(document, unmet)
        assert refusal.value.parameters == {"field": "a", "demand": demand}


def test_a_lock_is_written_with_its_permissions_and_heeded() -> None:
    document = form(Lock=Dictionary(Type=Name.SigFieldLock, Action=Name.Include, Fields=names("b"), P=1))
    signed = whole(ENGINE.prepare(document, WISH).filled(b""))
    (reference,) = references(signed)
    assert reference.TransformMethod == Name.FieldMDP
    assert (str(reference.TransformParams.Fields[0]), reference.TransformParams.P) == ("b", 1)
    with pytest.raises(FieldLocked):
        ENGINE.prepare(signed, replace(WISH, name="b"))


def test_a_certification_locks_too_and_keeps_its_own_permissions() -> None:
    document = form(Lock=Dictionary(Type=Name.SigFieldLock, Action=Name.Exclude, Fields=names("b")))
    signed = whole(ENGINE.prepare(document, CERTIFYING).filled(b""))
    certified, locked = references(signed)
    assert (certified.TransformMethod, certified.TransformParams.P) == (Name.DocMDP, 2)
    assert locked.TransformMethod == Name.FieldMDP
    assert ENGINE.prepare(signed, replace(WISH, name="b")).field_name == "b"


def test_a_field_without_demands_says_nothing_of_later_changes() -> None:
    assert references(ENGINE.prepare(form(), WISH).document) == []


def test_what_our_own_engine_leaves_to_this_one_is_refused_by_it() -> None:
    with pytest.raises(SeedValuesUnmet):
        ChosenEngine().prepare(form(SV=Dictionary(Ff=512)), WISH)
