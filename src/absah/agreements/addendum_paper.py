"""The paper of an addendum: drafted by one party, signed by the first at its anchor, then by the second at its own.

Until both have signed it changes nothing. With the second signature it becomes an `Amended` event of the agreement,
and is judged once more then: a duty may have begun since under a clause that it takes away. An addendum that both
signed elsewhere, perhaps on paper, is taken over as it is, with the report on the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, assert_never

from absah.agreements.agreement import Agreement
from absah.agreements.amendments import Add, Addendum, Change, Delete, Reword, SetAside, check_addendum
from absah.agreements.clauses import ClauseRef
from absah.agreements.events import Amended, SignerSeen
from absah.agreements.face import Face, FaceArticle, FaceClause, face_of
from absah.agreements.parties import Role
from absah.agreements.schedule import years
from absah.agreements.signatures import check_signer
from absah.agreements.words import party_word, written_date
from absah.kernel.clock import Instant
from absah.kernel.errors import WrongState


class AddendumNotInTurn(WrongState):
    """The other party signs next, or nobody: it is concluded or withdrawn. Parameter: role."""

    code = "agreements.addendum-not-in-turn"


class AddendumClosed(WrongState):
    """The addendum is concluded or withdrawn."""

    code = "agreements.addendum-closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddendumDrafted:
    """A party proposes the wording."""

    by: Role
    on: date
    recorded_at: Instant
    addendum: Addendum


@dataclass(frozen=True, slots=True, kw_only=True)
class AddendumSigned:
    """A party signed at its anchor. `document` is the SHA-256 of the signed file."""

    by: Role
    on: date
    recorded_at: Instant
    signer: SignerSeen
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddendumAdopted:
    """Both signed it elsewhere, on this day. `document`: SHA-256 of the scan or PDF; `report`: of its verification."""

    by: Role
    on: date
    recorded_at: Instant
    document: str
    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddendumWithdrawn:
    """It will not be signed."""

    by: Role
    on: date
    recorded_at: Instant
    reason: str


AddendumStep: TypeAlias = AddendumDrafted | AddendumSigned | AddendumAdopted | AddendumWithdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class AddendumPaper:
    """An addendum on its way."""

    drafted: AddendumDrafted
    signatures: tuple[AddendumSigned, ...] = ()
    adopted: AddendumAdopted | None = None
    withdrawn: AddendumWithdrawn | None = None

    @property
    def addendum(self) -> Addendum:
        return self.drafted.addendum

    @property
    def is_concluded(self) -> bool:
        return self.adopted is not None or len(self.signatures) == len(Role)

    @property
    def awaits(self) -> Role | None:
        """Who signs next; None: nobody."""
        if self.withdrawn is not None or self.is_concluded:
            return None
        return Role.SECOND if self.signatures else Role.FIRST


def paper_of(steps: Iterable[AddendumStep], /) -> AddendumPaper:
    """An addendum after its steps; the first one drafted it."""
    first, *rest = steps
    if not isinstance(first, AddendumDrafted):
        raise AddendumClosed
    paper = AddendumPaper(drafted=first)
    for step in rest:
        if isinstance(step, AddendumSigned):
            paper = replace(paper, signatures=(*paper.signatures, step))
        elif isinstance(step, AddendumAdopted):
            paper = replace(paper, adopted=step)
        elif isinstance(step, AddendumWithdrawn):
            paper = replace(paper, withdrawn=step)
    return paper


def check_draft(agreement: Agreement, addendum: Addendum, /) -> None:
    """The agreement lets an addendum do all this to the text as it stands. Raises what refuses it."""
    check_addendum(addendum, agreement.model.text, agreement.addenda, allowed=agreement.model.rules.amendments)


def signed_by(agreement: Agreement, paper: AddendumPaper, step: AddendumSigned, /) -> AddendumPaper:
    """The paper with one more signature: in order, by who may sign for the party, at its anchor."""
    if paper.awaits is not step.by:
        raise AddendumNotInTurn(role=party_word(step.by))
    check_signer(agreement.parties[step.by], step.signer, step.on)
    return replace(paper, signatures=(*paper.signatures, step))


def adopted_by(paper: AddendumPaper, step: AddendumAdopted, /) -> AddendumPaper:
    """The paper as both signed it elsewhere; not any more once somebody has signed it here."""
    if paper.awaits is None or paper.signatures:
        raise AddendumClosed
    return replace(paper, adopted=step)


def withdrawn_by(paper: AddendumPaper, step: AddendumWithdrawn, /) -> AddendumPaper:
    """The paper taken back, which ends with the second signature."""
    if paper.awaits is None:
        raise AddendumClosed
    return replace(paper, withdrawn=step)


def conclusion_of(paper: AddendumPaper, /) -> Amended:
    """What a concluded addendum is for the agreement."""
    if paper.adopted is not None:
        elsewhere = paper.adopted
        return Amended(
            on=elsewhere.on,
            recorded_at=elsewhere.recorded_at,
            addendum=paper.addendum,
            signers=(),
            document=elsewhere.document,
            report=elsewhere.report,
        )
    first, second = paper.signatures
    return Amended(
        on=second.on,
        recorded_at=second.recorded_at,
        addendum=paper.addendum,
        signers=(first.signer, second.signer),
        document=second.document,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MidYear:
    """An addendum takes effect inside a year of the agreement: what stood at its beginning counts until `last`."""

    label: str
    last: date


def mid_year(agreement: Agreement, addendum: Addendum, /) -> tuple[MidYear, ...]:
    """The years, one of each reading, that the addendum takes effect inside of: duties change with the next one."""
    found = {
        MidYear(label=year.label, last=year.days.last)
        for reading in agreement.interpretations
        for year in years(agreement, reading)
        if year.days.last is not None and year.days.first < addendum.effective_on <= year.days.last
    }
    return tuple(sorted(found, key=lambda each: each.last))


def touched(agreement: Agreement, addendum: Addendum, /) -> tuple[tuple[Change, str | None], ...]:
    """Every change with the words that stand at its address now; None where nothing stands there."""
    present = {each.clause.ref: each.clause.text for each in agreement.text_on(addendum.effective_on).clauses}
    return tuple((change, present.get(change.ref)) for change in addendum.changes)


def addendum_face(agreement: Agreement, paper: AddendumPaper, /) -> Face:
    """The addendum as a page to be typeset: the parties as of its day, its changes, the anchors at its end."""
    face = face_of(replace(agreement, dated=paper.drafted.on))
    addendum = paper.addendum
    changes = tuple(
        FaceClause(mark=f"({number})", level=0, text=_said(change)) for number, change in enumerate(addendum.changes, 1)
    )
    effect = (
        f"Adendum ini mulai berlaku {written_date(addendum.effective_on)} dan menjadi bagian yang tidak terpisahkan "
        f"dari perjanjian Nomor {face.first.number} dan Nomor {face.second.number}."
    )
    return replace(
        face,
        title=f"Adendum atas {face.title}",
        first=replace(face.first, number=addendum.first_number),
        second=replace(face.second, number=addendum.second_number),
        recitals=("PARA PIHAK sepakat mengubah perjanjian sebagaimana diatur di bawah ini.",),
        articles=(
            FaceArticle(number=1, title="Perubahan", clauses=changes),
            FaceArticle(number=2, title="Mulai Berlaku", clauses=(FaceClause(mark="", level=0, text=effect),)),
        ),
    )


def _said(change: Change, /) -> str:
    where: ClauseRef = change.ref
    match change:
        case Add(clause=clause):
            return f"Ditambahkan {where} yang berbunyi: “{clause.text}”"
        case Reword(text=text, renews=renews):
            return f"{where} {'diperbarui' if renews else 'diubah'} sehingga berbunyi: “{text}”"
        case Delete():
            return f"{where} dihapus."
        case SetAside():
            return f"{where} dikesampingkan."
        case _:
            assert_never(change)
