"""Letters: numbered and typeset with one step, signed with another, and given to an e-office as ZIP."""

import io
import json
import re
import zipfile
from datetime import date
from typing import Final

from django.db import transaction

from absah.adapters.typst_press import press
from absah.agreements.confidentiality import ToParty
from absah.agreements.parties import Role as Side
from absah.audit.tags import CaseTag
from absah.cases.case import Case, CasePaper
from absah.cases.letter_numbers import NumberPattern, NumberUsed
from absah.cases.letters import SIGNED, TYPESET, as_of, letter_of, metadata_of, own_of, page_of
from absah.kernel.clock import Instant, legal_date
from absah.pdf.notice import Notice, stamp_notice
from absah_site import composition
from absah_site.actors import Actor
from absah_site.agreements.access import OpenedAgreement
from absah_site.agreements.actions.life import NotYourSide, hold
from absah_site.agreements.actions.papers import Upload, release
from absah_site.audit.actions import record
from absah_site.cases.access import OpenedCase
from absah_site.cases.access.letters import LetterUnknown, TakenNumber, keeper_of, number_of, numbers_of
from absah_site.cases.actions.cases import add_paper
from absah_site.cases.store import letters

_NOT_IN_NAMES: Final = re.compile(r"[^0-9A-Za-z.]+")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@transaction.atomic
def change_pattern(found: OpenedAgreement, pattern: NumberPattern, /, *, now: Instant, by: Actor) -> None:
    """Number the letters of the own party so from now on. Numbers that were used stay used."""
    held = hold(found.id, by=by, now=now)
    if held.side is None:
        raise NotYourSide(kind="pattern")
    letters.change_pattern(keeper_of(held, held.side), pattern)
    facts: dict[str, str | int] = {"side": held.side.value}
    record(at=now, tag=CaseTag.BOOK_CHANGED, actor=by.reference, subject=f"agreement:{found.id}", facts=facts)


def write_letter(opened: OpenedCase, case: Case, now: Instant, by: Actor) -> None:
    """Take a number for the letter that the last step writes, and typeset it. Written again it keeps its number."""
    act, found = case.last_act, opened.found
    number = _number(opened, case, act, now=now, by=by)
    letter = letter_of(found.agreement, case, act, number)
    party = found.agreement.parties[letter.by]
    page = page_of(letter, party.name_on(letter.dated), party.seat)
    pdf = press("official_letter", page, dated=letter.dated)
    notice = Notice(issuer=found.agreement.issuer_on(letter.dated), trial=composition.config().trial)
    upload = Upload(name=f"surat-{_NOT_IN_NAMES.sub('-', number)}.pdf", content=stamp_notice(pdf, notice))
    add_paper(found.id, opened.listed.id, upload, TYPESET, now=now, by=by)


def _number(opened: OpenedCase, case: Case, act: str, *, now: Instant, by: Actor) -> str:
    known = numbers_of(opened).get(act)
    if known is not None:
        return known.number
    own = own_of(case)
    found, day = opened.found, legal_date(now)
    keeper = keeper_of(found, case.last_by)
    pattern = letters.lock(keeper)
    sequence: int | None = None
    number = own.get("letter-number", "").strip()
    if not number:
        sequence = letters.next_sequence(keeper, day.year)
        while letters.is_used(keeper, number := _by(pattern, sequence, day, own)):
            sequence += 1  # somebody typed that number before
    elif letters.is_used(keeper, number):
        raise NumberUsed(number=number[:120])
    taken = TakenNumber(
        keeper=keeper,
        year=day.year,
        sequence=sequence,
        number=number[:120],
        agreement=found.id,
        case=opened.listed.id,
        act=act,
        subject=case.subject[:300],
        taken_at=now,
    )
    letters.add(taken, actor=by.reference)
    facts: dict[str, str | int] = {"number": number, "case": case.number}
    record(at=now, tag=CaseTag.LETTER_NUMBERED, actor=by.reference, subject=f"agreement:{found.id}", facts=facts)
    return number


def _by(pattern: NumberPattern, sequence: int, day: date, own: dict[str, str]) -> str:
    secrecy, classification = own.get("secrecy") or "B", own.get("classification", "")
    return pattern.number(sequence, day, secrecy=secrecy, classification=classification)


def letter_bundle(opened: OpenedCase, act: str, /, *, now: Instant, by: Actor) -> bytes:
    """A letter as ZIP for the own e-office: its PDF, the fields that register it, its attachments. Through the door."""
    found = opened.found
    if found.side is None:
        raise NotYourSide(kind="letter")
    taken = number_of(opened, act)
    written = as_of(opened.case, act)
    letter = letter_of(found.agreement, opened.case, act, taken.number)
    own = [paper for paper in written.papers if paper.by is letter.by and paper.what == "attachment"]
    pdf = _newest(opened.case, written)
    files = {f"lampiran/{paper.name}": paper.sha256 for paper in own} | {"surat.pdf": pdf}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, sha256 in files.items():
            released = release(found, sha256, ToParty(role=found.side), now=now, by=by)
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), released.content)
        metadata = metadata_of(letter, pdf, found.agreement) | {"arah": _direction(letter.by, found.side)}
        archive.writestr(zipfile.ZipInfo("surat.json", _EPOCH), json.dumps(metadata, ensure_ascii=False, indent=1))
    return buffer.getvalue()


def _direction(by: Side, side: Side) -> str:
    return "keluar" if by is side else "masuk"


def _newest(case: Case, written: Case) -> str:
    """The file of the letter that was written with the last step of `written`: with its signature, if it has one."""
    newest = ""
    for entry in case.entries[len(written.entries) :]:
        if not isinstance(entry, CasePaper) or entry.what not in {TYPESET, SIGNED}:
            continue
        if entry.what == TYPESET and newest:
            break  # the next letter of the case
        newest = entry.sha256
    if not newest:
        raise LetterUnknown
    return newest
