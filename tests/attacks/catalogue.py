"""The attacks in one list, each with the document it begins with and the checks that catch it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign import fields, signers
from pyhanko.stamp import TextStampStyle

from absah.validation.checks import CheckName
from tests.attacks import appending, forging, shadow
from tests.conformance.pades_samples import bench, blank_pdf, sign
from tests.fixtures_pki import PERSON_NAME, certify

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Attack:
    """A published family, the attack in it, and the checks of which at least one must fail."""

    family: str
    what: str
    make: Make
    caught_by: frozenset[CheckName]


@cache
def signed() -> bytes:
    """One page with a visible signature."""
    return sign(blank_pdf(), box=(50, 50, 200, 100))


@cache
def certified(permission: fields.MDPPerm) -> bytes:
    return sign(blank_pdf(), box=(50, 50, 200, 100), certify=permission)


@cache
def prepared(make: Make) -> bytes:
    return sign(make(), box=(50, 50, 200, 100))


def covering_signature() -> bytes:
    """SSA: somebody who is trusted signs, too, and their picture covers the text."""
    drawn = RawContent(b"q 1 g 0 0 400 60 re f Q", box=BoxConstraints(width=400, height=60))
    style = TextStampStyle(background=drawn, background_opacity=1, stamp_text=" ", border_width=0)
    writer = appending.writer_for(certified(fields.MDPPerm.FILL_FORMS))
    signer = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name="Second", md_algorithm="sha256"),
        signer=bench().signer(),
        stamp_style=style,
        new_field_spec=fields.SigFieldSpec("Second", on_page=0, box=(60, 700, 460, 760)),
    )
    return bytes(signer.sign_pdf(writer).getvalue())


def substituted() -> bytes:
    """The certificate of another subscriber with the signer's key stands in the place of the signer's."""
    pki = bench().pki
    name = replace(PERSON_NAME, common_name="Bagus Contoh Wicaksono")
    other = certify("individual-signer", name, pki.issuing, key=pki.person.key, serial=pki.person.serial)
    return forging.other_certificate(signed(), other.certificate)


def on(document: Callable[[], bytes], attack: Callable[[bytes], bytes]) -> Make:
    return lambda: attack(document())


def sentence(function: Callable[..., object]) -> str:
    """The first line of what a generator says of itself, without its family."""
    text = (function.__doc__ or "").partition("\n")[0].rstrip(".")
    return text.partition(": ")[2] if ": " in text[:40] else text


_BYTES = frozenset({CheckName.BYTE_RANGE, CheckName.SIGNATURE_READABLE, CheckName.DOCUMENT_DIGEST})
_STRUCTURE = frozenset({CheckName.FILE_STRUCTURE, CheckName.TRAILING_BYTES})
_LATER = frozenset({CheckName.LATER_CHANGES})
_GONE = _BYTES | {CheckName.REMOVED_SIGNATURE, CheckName.SIGNATURE_VALUE}


def _on_signed(family: str, caught_by: frozenset[CheckName], *attacks: Callable[[bytes], bytes]) -> tuple[Attack, ...]:
    return tuple(Attack(family, sentence(attack), on(signed, attack), caught_by) for attack in attacks)


ATTACKS: tuple[Attack, ...] = (
    *_on_signed(
        "USF", _GONE, forging.without_contents, forging.empty_contents, forging.without_byte_range,
        forging.null_byte_range, forging.negative_byte_range, forging.short_byte_range,
    ),
    *_on_signed(
        "byte range", _BYTES, forging.overlapping_byte_range, forging.late_byte_range,
    ),
    *_on_signed("SWA", _BYTES, forging.twice_byte_range, forging.filled_hole, forging.moved_second_part),
    *_on_signed("ISA", _LATER, appending.other_content, appending.other_catalog),
    *_on_signed("ISA", _STRUCTURE, appending.other_content_without_table, appending.trailing_revision),
    Attack("shadow, hide", sentence(shadow.uncovered), on(lambda: prepared(shadow.covered), shadow.uncovered), _LATER),
    Attack(
        "shadow, hide", sentence(shadow.uncovered_by_type),
        on(lambda: prepared(shadow.covered), shadow.uncovered_by_type), _LATER,
    ),
    Attack(
        "shadow, replace", sentence(shadow.redrawn), on(lambda: prepared(shadow.two_faced_field), shadow.redrawn),
        _LATER,
    ),
    Attack(
        "shadow, replace", sentence(shadow.overdrawn), on(lambda: prepared(shadow.honest_field), shadow.overdrawn),
        _LATER | {CheckName.FIELD_PICTURES},
    ),
    Attack(
        "shadow, replace", sentence(shadow.two_faced_field), lambda: prepared(shadow.two_faced_field),
        frozenset({CheckName.FIELD_PICTURES}),
    ),
    Attack(
        "shadow, hide and replace", sentence(shadow.arrived), on(lambda: prepared(shadow.waiting), shadow.arrived),
        _LATER,
    ),
    *_on_signed(
        "pages", _LATER, appending.other_page, appending.more_pages, appending.cropped_page,
    ),
    *_on_signed(
        "two readers", _LATER | {CheckName.FILE_STRUCTURE}, appending.ambiguous_page, appending.misplaced_object,
        appending.hybrid_revision,
    ),
    *_on_signed("fonts", _LATER, appending.other_font, appending.font_object),
    *_on_signed("catalog", _LATER, appending.script, appending.attachment, appending.layers, appending.metadata_alone),
    Attack(
        "EAA", sentence(appending.annotation),
        on(lambda: certified(fields.MDPPerm.ANNOTATE), appending.annotation), _LATER | {CheckName.CERTIFICATION},
    ),
    Attack(
        "SSA", sentence(appending.painted_empty_field),
        on(lambda: certified(fields.MDPPerm.FILL_FORMS), appending.painted_empty_field),
        _LATER | {CheckName.CERTIFICATION},
    ),
    Attack("SSA", sentence(covering_signature), covering_signature, frozenset({CheckName.HIDDEN_CONTENT})),
    *_on_signed("signed field", _LATER, appending.moved_field, appending.other_picture),
    *_on_signed(
        "field name", _LATER | {CheckName.SIGNATURE_READABLE, CheckName.SECOND_OPINION}, appending.same_name
    ),
    *_on_signed(
        "removal", _LATER | {CheckName.REMOVED_SIGNATURE}, appending.removed_signature, appending.removed_form
    ),
    Attack("certificate", sentence(substituted), substituted, frozenset({CheckName.SIGNING_CERTIFICATE})),
)  # fmt: skip
