"""The letters of a case: what stands in one, whom it goes to by the agreement, and who signs it.

    write (a number is taken, the page is typeset) -> sign (at the party's anchor) -> send -> receive

The wording of each letter is data (`letters.toml`). Where a letter goes is the agreement's rule: one sends notices to
the address for correspondence, the other to the seat, with a copy to that address.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from absah.agreements.agreement import Agreement
from absah.agreements.events import SignerSeen
from absah.agreements.parties import Role
from absah.agreements.records.correspondence import Mail, addressee
from absah.agreements.signatures import SignerNotNamed, WrongAnchor, check_signer, same_person
from absah.agreements.words import moment_word, written_date
from absah.cases.case import Case, CaseStepped, StepNotNow, fold_case
from absah.cases.fields import read_moment, read_rows
from absah.cases.kind import FieldKind
from absah.kernel.clock import legal_date

#: What papers of a case are that somebody signs: as typeset, and with a signature more.
TYPESET, SIGNED = "letter", "signed"


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    mail: Mail
    subject: str
    body: tuple[str, ...] = Field(min_length=1)
    binding: bool = False


@cache
def letter_texts() -> Mapping[str, _Text]:
    """The wordings of letters, by name."""
    page = files("absah.cases") / "letters.toml"
    written = tomllib.loads(page.read_text(encoding="utf-8"))["letters"]
    return {name: _Text.model_validate(each) for name, each in written.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs a letter, and in which post; `titled` as the page prints the name."""

    name: str
    titled: str
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter before it is a page."""

    by: Role
    number: str
    secrecy: str
    subject: str
    paragraphs: tuple[str, ...]
    to: str
    at: str
    dated: date
    signatory: Signatory
    anchor: str
    copies: tuple[str, ...]
    attachments: tuple[str, ...]


_SECRECY: Final = {"B": "Biasa", "T": "Terbatas", "R": "Rahasia"}


def as_of(case: Case, act: str, /) -> Case:
    """The case as it stood with the newest step of this act. Raises StepNotNow where it was not taken."""
    for place in range(len(case.entries) - 1, 0, -1):
        entry = case.entries[place]
        if isinstance(entry, CaseStepped) and entry.act == act:
            return fold_case(case.kind, case.entries[: place + 1])
    raise StepNotNow(act=case.kind.graph.named(act)[0].phrase, state=case.kind.graph.state(case.state).phrase)


def own_of(case: Case, /) -> dict[str, str]:
    """What the last step wrote."""
    last = case.entries[-1]
    return {filled.name: filled.value for filled in last.fields} if isinstance(last, CaseStepped) else {}


def signatory_of(agreement: Agreement, by: Role, own: Mapping[str, str], day: date, /) -> Signatory:
    """Who signs: the person that the letter names, or the representative of the party on that day."""
    if own.get("signer"):
        return Signatory(name=own["signer"], titled=own["signer"], post=own.get("post", ""))
    person = agreement.parties[by].representative_on(day)
    return Signatory(name=person.name, titled=person.titled or person.name, post=person.post)


def letter_of(agreement: Agreement, present: Case, act: str, number: str, /) -> Letter:
    """The letter that a step wrote. Raises NobodyMaySign where the party had no representative on that day."""
    text = letter_texts()[present.kind.asked_at(act).letter]
    case = as_of(present, act)
    by, own, day = case.last_by, own_of(case), legal_date(case.entries[-1].at)
    goes = addressee(agreement, by.other, text.mail, day)
    copies = [row[0] for row in read_rows(own.get("copies", ""))]
    if goes.copy_to is not None:
        copies.insert(0, f"{goes.copy_to.unit}, {goes.copy_to.address}")
    words = _words(agreement, case, day)
    return Letter(
        by=by,
        number=number,
        secrecy=_SECRECY[own.get("secrecy") or "B"],
        subject=_fill(text.subject, words),
        paragraphs=tuple(line for each in text.body for line in _fill(each, words).splitlines() if line.strip()),
        to=goes.name,
        at=goes.address,
        dated=day,
        signatory=signatory_of(agreement, by, {} if text.binding else own, day),
        anchor=agreement.parties[by].anchor,
        copies=tuple(copies),
        attachments=tuple(paper.name for paper in case.papers if paper.by is by and paper.what == "attachment"),
    )


def check_letter_signer(
    agreement: Agreement, present: Case, act: str, signer: SignerSeen, by: Role, day: date, /
) -> None:
    """The signature belongs under what `act` wrote: a party's representative's, or that of the signer it names."""
    text = letter_texts().get(present.kind.asked_at(act).letter)
    party, named = agreement.parties[by], own_of(as_of(present, act)).get("signer", "")
    if text is None or text.binding or not named:
        check_signer(party, signer, day)
    elif not same_person(named, signer.name):
        raise SignerNotNamed(signer=signer.name, representative=named)
    elif signer.anchor != party.anchor:
        raise WrongAnchor(anchor=signer.anchor, expected=party.anchor)


def page_of(letter: Letter, party: str, seat: str, /) -> dict[str, Any]:
    """What the typesetter gets."""
    return {
        "party": party,
        "seat": seat,
        "number": letter.number,
        "secrecy": letter.secrecy,
        "attached": f"{len(letter.attachments)} berkas" if letter.attachments else "-",
        "subject": letter.subject,
        "dated": written_date(letter.dated),
        "to": letter.to,
        "at": letter.at,
        "paragraphs": letter.paragraphs,
        "post": letter.signatory.post,
        "signer": letter.signatory.titled,
        "anchor": letter.anchor,
        "copies": letter.copies,
    }


def metadata_of(letter: Letter, sha256: str, agreement: Agreement, /) -> dict[str, Any]:
    """The letter for an e-office that registers it: the fields of official correspondence, by Indonesian names."""
    return {
        "skema": "absah-surat/1",
        "nomor_naskah": letter.number,
        "tanggal_naskah": letter.dated.isoformat(),
        "jenis_naskah": "Surat Dinas",
        "sifat": letter.secrecy,
        "hal": letter.subject,
        "pengirim": agreement.parties[letter.by].name_on(letter.dated),
        "penanda_tangan": {"nama": letter.signatory.titled, "jabatan": letter.signatory.post},
        "tujuan": [{"nama": letter.to, "alamat": letter.at}],
        "tembusan": list(letter.copies),
        "lampiran": list(letter.attachments),
        "berkas": {"sha256": sha256, "jenis": "application/pdf"},
        "perjanjian": [agreement.parties.first.number, agreement.parties.second.number],
    }


def _words(agreement: Agreement, case: Case, day: date, /) -> dict[str, str]:
    """What the braces of a wording stand for: the agreement's names and numbers, and every field of the case."""
    parties = agreement.parties
    words = {
        "title": agreement.model.title,
        "first": parties.first.name_on(day),
        "second": parties.second.name_on(day),
        "first_number": parties.first.number,
        "second_number": parties.second.number,
        "subject": case.subject,
    }
    written = {name: _said(case, name, value) for name, value in case.values.items()}
    return dict.fromkeys(case.kind.fields, "") | written | words


def _said(case: Case, name: str, value: str, /) -> str:
    field = case.kind.fields[name]
    match field.kind:
        case FieldKind.DAY:
            return written_date(date.fromisoformat(value))
        case FieldKind.MOMENT:
            return moment_word(read_moment(value)).text
        case FieldKind.CHOICE:
            chosen = field.choice(value)
            return value if chosen is None else chosen.text
        case _:
            return value


def _fill(sentence: str, words: Mapping[str, str], /) -> str:
    """Every brace once; what somebody wrote is never read as a brace itself."""
    parts = sentence.split("{")
    return parts[0] + "".join(
        words.get(name, "") + rest for name, _, rest in (part.partition("}") for part in parts[1:])
    )
