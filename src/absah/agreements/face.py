"""The face of an agreement: everything a typesetter needs, with names, dates and addresses filled in.

The model writes `{first}`, `{second}`, `{issuer}`, `{stated_day}`, `{first_contact}` and `{second_contact}`; what
stands there is taken for the day the agreement is dated. The consolidated text after an addendum gets the same face.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from absah.agreements.agreement import Agreement
from absah.agreements.amendments import ClauseStanding, ConsolidatedClause
from absah.agreements.clauses import ClauseRef
from absah.agreements.parties import ByPowerOfAttorney, Contact, Party, Role
from absah.agreements.words import written_date

_CALLED = {Role.FIRST: "PIHAK KESATU", Role.SECOND: "PIHAK KEDUA"}
_GONE = {ClauseStanding.DELETED: "(dihapus)", ClauseStanding.SET_ASIDE: "(dikesampingkan)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceParty:
    """One side as the first and the last page show it."""

    called: str
    name: str
    representative: str
    post: str
    authority: str
    seat: str
    number: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceClause:
    """A sentence, the mark before it (`(1)`, `a.`, `1.` or none) and how far it is indented."""

    mark: str
    level: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceArticle:
    """A pasal."""

    number: int
    title: str
    clauses: tuple[FaceClause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A whole agreement, ready to be typeset."""

    title: str
    dated: date
    first: FaceParty
    second: FaceParty
    recitals: tuple[str, ...]
    articles: tuple[FaceArticle, ...]
    closing: str


def face_of(agreement: Agreement, /, *, text_on: date | None = None) -> Face:
    """The face of an agreement as it was dated, or with the addenda that had taken effect by `text_on`."""
    fillings = _fillings(agreement)
    text = agreement.text_on(text_on or agreement.dated)
    return Face(
        title=agreement.model.title,
        dated=agreement.dated,
        first=_party(agreement.parties.first, agreement.dated),
        second=_party(agreement.parties.second, agreement.dated),
        recitals=tuple(_fill(recital, fillings) for recital in agreement.model.text.recitals),
        articles=tuple(
            FaceArticle(
                number=article.number,
                title=article.title,
                clauses=tuple(_clause(clause, fillings) for clause in clauses),
            )
            for article, clauses in text.articles
        ),
        closing=_fill(agreement.model.text.closing, fillings),
    )


def filled(agreement: Agreement, sentence: str, /) -> str:
    """A sentence of the model, or its gloss, with the names, days and addresses of an agreement."""
    return _fill(sentence, _fillings(agreement))


def _party(party: Party, day: date, /) -> FaceParty:
    representative = party.representative_on(day)
    return FaceParty(
        called=_CALLED[party.role],
        name=party.name_on(day),
        representative=representative.titled or representative.name,
        post=representative.post,
        authority=_authority(representative.authority),
        seat=party.seat,
        number=party.number,
        anchor=party.anchor,
    )


def _authority(authority: object, /) -> str:
    if not isinstance(authority, ByPowerOfAttorney):
        return "karena jabatannya"
    number = f" Nomor {authority.number}" if authority.number else ""
    return f"berdasarkan Surat Kuasa {authority.granted_by}{number} tanggal {written_date(authority.dated)}"


def _clause(each: ConsolidatedClause, fillings: Mapping[str, str], /) -> FaceClause:
    text = _GONE.get(each.standing) or _fill(each.clause.text, fillings)
    mark, level = _mark(each.clause.ref)
    return FaceClause(mark=mark, level=level, text=text)


def _mark(ref: ClauseRef, /) -> tuple[str, int]:
    level = 1 if ref.ayat and (ref.huruf or ref.angka) else 0
    if ref.huruf or ref.angka:
        return f"{ref.huruf or ref.angka}.", level
    return (f"({ref.ayat})" if ref.ayat else ""), level


def _fillings(agreement: Agreement, /) -> dict[str, str]:
    day = agreement.dated
    return {
        "{first}": agreement.parties.first.name_on(day),
        "{second}": agreement.parties.second.name_on(day),
        "{issuer}": agreement.issuer_on(day),
        "{stated_day}": written_date(agreement.stated_day or day),
        "{first_contact}": _contact(agreement.parties.first.contact),
        "{second_contact}": _contact(agreement.parties.second.contact),
    }


def _contact(contact: Contact, /) -> str:
    return ", ".join(part for part in (contact.unit, contact.address, contact.telephone, contact.email) if part)


def _fill(sentence: str, fillings: Mapping[str, str], /) -> str:
    for placeholder, words in fillings.items():
        sentence = sentence.replace(placeholder, words)
    return sentence
