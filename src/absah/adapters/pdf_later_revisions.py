"""What came after each signature: the states of the document in a row, compared once for all signatures.

Our own reader goes first; what it declines is read by qpdf. Where both read the file they have to read the same, or
the file is one thing for one reader and another for the next.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, final

from absah.adapters.document_bytes import DocumentBytes, find
from absah.adapters.pdf_evidence_bytes import Structure
from absah.adapters.pdf_evidence_opening import HOSTILE, open_revision
from absah.adapters.pdf_history import RevisionState, open_history
from absah.adapters.pdf_history_qpdf import QpdfHistory, QpdfView, same_reading
from absah.kernel.errors import AbsahError
from absah.pdf.reader.source import source_of
from absah.pdf.reader.syntax import as_array, as_integer, as_reference
from absah.validation.changes.comparison import compare_steps
from absah.validation.changes.layout import read_layout
from absah.validation.changes.views import State, Step
from absah.validation.evidence import Change, ChangeKind

_MOST_PIECE: Final = 8 << 20
_MOST_UNPACKED: Final = 64 << 20
_MOST_LISTED: Final = 2000
_DEEPEST: Final = 32
_UNREADABLE: Final = Change(kind=ChangeKind.OTHER, where="revision")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedValue:
    """A signature to look for in the revision that it covers: its object, its field's (0: none), its /ByteRange."""

    value: int
    field: int
    byte_range: tuple[int, ...]
    revision: int


@final
@dataclass(slots=True)
class LaterRevisions:
    """What each revision changed, and what the signed ones held. `declined` says why our own reader did not go on."""

    changes: dict[int, tuple[Change, ...]] = field(default_factory=dict)
    material: dict[int, frozenset[bytes]] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    last: int = 0
    declined: str = ""
    disagreement: bool = False
    touched: set[int] = field(default_factory=set)
    present: RevisionState | None = None

    def after(self, revision: int, /) -> tuple[Change, ...]:
        """Every difference that came after a revision, each once."""
        later = (self.changes.get(number, ()) for number in range(revision + 1, self.last + 1))
        return tuple(dict.fromkeys(chain.from_iterable(later)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The document, how it was opened, and the lawful signatures in it."""

    document: DocumentBytes
    password: str | None
    structure: Structure
    signed: tuple[SignedValue, ...]


def read_later_revisions(subject: Subject, /) -> LaterRevisions:
    """Compare all states from the first signed one on. Raises nothing: what cannot be read is a change."""
    first = min((one.revision for one in subject.signed), default=0)
    if not first:
        return LaterRevisions()
    try:
        history = open_history(source_of(subject.document), tuple(one.end for one in subject.structure.revisions))
        found = _compared(subject, history.states(first))
        found.disagreement = not _agree(subject, found)
    except AbsahError as refusal:
        found = _by_qpdf(subject, refusal.code)
        found.disagreement = _is_ambiguous(subject, first, refusal)
    return found


def _is_ambiguous(subject: Subject, first: int, refusal: AbsahError) -> bool:
    """Whether what our reader declines came after the first signature, where every reader should see the same.

    What is encrypted is declined for another reason: qpdf has the password.
    """
    ends = subject.structure.revisions
    if first == len(ends) or refusal.parameters.get("entry") == "Encrypt":
        return False
    hybrid = refusal.parameters.get("entry") == "XRefStm"
    return not hybrid or find(subject.document, b"/XRefStm", ends[first - 1].end) >= 0


def _by_qpdf(subject: Subject, declined: str) -> LaterRevisions:
    ends = subject.structure.revisions
    wanted = sorted({one.revision for one in subject.signed} | {len(ends)})
    history = QpdfHistory(
        subject.document, subject.password, tuple((number, ends[number - 1].end) for number in wanted)
    )
    try:
        found = _compared(subject, history.states())
    except (AbsahError, *HOSTILE):
        found = LaterRevisions(
            changes={len(ends): (_UNREADABLE,)}, held={one.value for one in subject.signed}, last=len(ends)
        )
    found.declined = declined
    return found


def _compared(subject: Subject, states: Iterator[RevisionState]) -> LaterRevisions:
    found = LaterRevisions(last=len(subject.structure.revisions))
    judged = frozenset(one.value for one in subject.signed)
    revisions: list[int] = []
    steps = _steps(subject, states, judged, found, revisions)
    for changes in compare_steps(steps):
        found.changes[revisions[-1]] = changes
    return found


def _steps(
    subject: Subject,
    states: Iterator[RevisionState],
    judged: frozenset[int],
    found: LaterRevisions,
    revisions: list[int],
) -> Iterator[Step]:
    """Pairs of states, each looked at once on the way for what a signature over it needs."""
    digests: dict[int, bytes] = {}
    older: RevisionState | None = None
    for now in states:
        found.touched |= now.touched
        found.present = now
        for changed in now.touched:
            digests.pop(changed, None)
        signed = [one for one in subject.signed if one.revision == now.revision]
        found.held |= {one.value for one in signed if _holds(now.state, one)}
        if signed:
            found.material[now.revision] = _material(now, digests)
        if older is not None:
            revisions.append(now.revision)
            yield Step(before=older.state, after=now.state, touched=now.touched, revision=now.revision, judged=judged)
        older = now


def _holds(state: State, signed: SignedValue) -> bool:
    """Whether a state by itself has this signature, in its field."""
    node = state.view.node(signed.value)
    if node is None or node.entries is None:
        return False
    numbers = tuple(as_integer(raw) for raw in as_array(node.entries.get(b"ByteRange")) or ())
    if numbers != signed.byte_range:
        return False
    if not signed.field:
        return True
    number: int = signed.field
    for _ in range(_DEEPEST):
        holder = state.view.node(number)
        entries = (holder.entries or {}) if holder is not None else {}
        reference, above = as_reference(entries.get(b"V")), as_reference(entries.get(b"Parent"))
        if reference is not None or above is None:
            return reference is not None and reference.number == signed.value
        number = above.number
    return False


def _material(now: RevisionState, known: dict[int, bytes]) -> frozenset[bytes]:
    """The SHA-256 of every certificate, list and response in the security store of a state (EN 319 142-1 §5.4.2)."""
    state = now.state
    store = state.entries(state.entries(now.view.trailer.get(b"Root")).get(b"DSS"))
    lists = [store.get(key) for key in (b"Certs", b"CRLs", b"OCSPs")]
    for entry in list(state.entries(store.get(b"VRI")).values())[:_MOST_LISTED]:
        lists += [state.entries(entry).get(key) for key in (b"Cert", b"CRL", b"OCSP")]
    numbers = {
        reference.number
        for raw in lists
        for item in state.items(raw)[:_MOST_LISTED]
        if (reference := as_reference(item)) is not None
    }
    left = _MOST_UNPACKED
    for number in sorted(numbers - known.keys()):
        try:
            piece = now.view.unpacked(number, min(_MOST_PIECE, left))
        except AbsahError:
            piece = b""
        left = max(left - len(piece), 0)
        known[number] = hashlib.sha256(piece).digest()
    return frozenset(known[number] for number in numbers)


def _agree(subject: Subject, found: LaterRevisions) -> bool:
    """Whether qpdf finds the same catalog, pages and fields, and reads the same in every object that was added.

    It opens the file anew: once it was asked for all objects, one that lies in another's place has replaced that one.
    """
    try:
        with open_revision(subject.document, subject.password, repair=False) as pdf:
            return _reads_the_same(found, QpdfView(pdf), subject.signed)
    except HOSTILE:
        return False


def _reads_the_same(found: LaterRevisions, theirs: QpdfView, signed: tuple[SignedValue, ...]) -> bool:
    if found.present is None:
        return False
    ours, other = found.present.state, State(theirs)
    if as_reference(ours.view.trailer.get(b"Root")) != as_reference(other.view.trailer.get(b"Root")):
        return False
    own, their = read_layout(ours), read_layout(other)
    if own.tree != their.tree or own.annotations != their.annotations or own.fields != their.fields:
        return False
    numbers = {*own.fields, *(one.value for one in signed), *found.touched}
    return all(same_reading(ours.view, theirs, number) for number in numbers)
