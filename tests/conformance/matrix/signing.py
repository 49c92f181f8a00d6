"""From a row of the matrix to a signed document."""

from dataclasses import dataclass
from functools import cache

from tests.conformance.matrix.cases import Case
from tests.conformance.matrix.inputs import FIELD_IN_TREE, LOCKING_FIELDS, document
from tests.conformance.matrix.people import NAMES, ports_for
from tests.fakes.signing import FACTORS

from absah.pdf.geometry import Rect
from absah.signing.levels import Level
from absah.signing.placement import INVISIBLE, AtBox
from absah.signing.ports import DocumentEngine
from absah.signing.request import Drafted, LaterSignature, Presentation, SigningRequest
from absah.signing.usecases import sign_document

KEPT = {2: "Pihak2", 3: "Pihak3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out of a row. `levels` are those of our signers, in the order of signing."""

    original: bytes
    signed: bytes
    levels: tuple[Level, ...]
    signatures: int
    document_timestamps: int


def signed(case: Case, engine: DocumentEngine) -> Outcome:
    """Let every signer of a row sign; made once for each engine."""
    return _signed(case, engine)


@cache
def _signed(case: Case, engine: DocumentEngine) -> Outcome:
    original = document(case.input)
    current = original
    for number in range(1, case.signers + 1):
        current = _one(case, number, current, engine)
    last = case.level
    before = [Level.B_LTA if last is Level.B_LTA else Level.B_LT] * (case.signers - 1)
    return Outcome(
        original=original,
        signed=current,
        levels=(*before, last),
        signatures=case.signers + (case.input == "signed by pyHanko"),
        document_timestamps=int(last is Level.B_LTA),
    )


def _one(case: Case, number: int, current: bytes, engine: DocumentEngine) -> bytes:
    is_last = number == case.signers
    key, level = (case.key, case.level) if is_last else ("ec-p256", Level.B_LT)
    visible = case.visible if is_last else not case.visible
    ports, credential, clock = ports_for(engine, key, number)
    draft = Drafted(
        document=current,
        credential=credential,
        level=level,
        reason="Persetujuan",
        location="Kota Contoh",
        placement=_box(number) if visible else INVISIBLE,
        presentation=_presentation(number) if visible else None,
        field_name=_field(case, number),
        certify=_certified(case) and number == 1,
        later=_later(case) if number == 1 else (),
    )
    request = SigningRequest(draft=draft, application="uji", factors=FACTORS)
    return sign_document(request, ports, clock=clock).document


def _certified(case: Case) -> bool:
    return case.input.startswith("certified")


def _later(case: Case) -> tuple[LaterSignature, ...]:
    """Whoever certifies keeps two places."""
    names = KEPT.items() if _certified(case) else ()
    return tuple(LaterSignature(field_name=name, placement=_box(number)) for number, name in names)


def _field(case: Case, number: int) -> str | None:
    if _certified(case):
        return KEPT.get(number)
    if case.input == "fields that lock":
        return LOCKING_FIELDS[number - 1]
    return FIELD_IN_TREE if case.input == "field tree" and number == 1 else None


def _box(number: int) -> AtBox:
    bottom = 20 + 80 * (number - 1)
    return AtBox(page=1, rect=Rect(left=20, bottom=bottom, right=210, top=bottom + 70))


def _presentation(number: int) -> Presentation:
    return Presentation(
        name=NAMES[number - 1], post="Kepala Dinas", link=f"https://v.contoh.go.id/{number}", trial=True
    )
