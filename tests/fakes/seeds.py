"""The two agreements that describe the system, read where they lie: addresses of clauses, and who, when, under what.

Nothing of them is in this repository; `ABSAH_SEEDS` names their folder. Names of people are read and used, not written
down anywhere.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from absah.agreements.clauses import ClauseRef

SEEDS = os.environ.get("ABSAH_SEEDS")
reads_seeds = pytest.mark.skipif(SEEDS is None, reason="ABSAH_SEEDS does not say where the agreements are")
FILES = {"kementerian": "000_937a1dba0e293d21.txt", "daerah": "004_51a94b0a0b6678ae.txt"}


def seed_text(name: str) -> str:
    return (Path(SEEDS or "") / FILES[name]).read_text(encoding="utf-8")


def seed_clauses(name: str) -> Iterator[ClauseRef]:
    """The addresses in a seed, from the marks at the beginning of its lines."""
    pasal, ayat, marked = 0, None, False
    for line in seed_text(name).splitlines():
        plain = re.sub(r"^[\s*\-]+", "", line.replace("**", "")).strip()
        if found := re.match(r"(?i:pasal) (\d+)(?: |$)", plain):
            if pasal and not marked:
                yield ClauseRef(pasal=pasal)
            pasal, ayat, marked = int(found[1]), None, False
        elif pasal == 0 or re.match(r"-\d+-", plain):
            continue
        elif found := re.match(r"\((\d+)\) ", plain):
            ayat, marked = int(found[1]), True
            yield ClauseRef(pasal=pasal, ayat=ayat)
        elif found := re.match(r"([a-z])\. ", plain):
            marked = True
            yield ClauseRef(pasal=pasal, ayat=ayat, huruf=found[1])
        elif (found := re.match(r"(\d)\. ", plain)) and pasal == 1:
            marked = True
            yield ClauseRef(pasal=pasal, angka=int(found[1]))
    if not marked:
        yield ClauseRef(pasal=pasal)


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """Who signs for a side: name, post, on whose behalf, seat, and the day of a power of attorney or None."""

    name: str
    post: str
    party: str
    seat: str
    number: str
    anchor: str
    granted_by: str
    granted_on: str | None
    contact_unit: str
    contact_address: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Seed:
    """What a person who enters the agreement reads in it. Days as forms take them."""

    signed_on: str
    stated_day: str | None
    first: Signatory
    second: Signatory


MONTHS = (
    "januari",
    "februari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
)


def _day(words: str) -> str:
    day, month, year = words.split()
    return f"{year}-{MONTHS.index(month.lower()) + 1:02}-{int(day):02}"


def _words(name: str) -> str:
    """The text on one line, without marks of its layout."""
    plain = re.sub(r"[*\\]|^\s*-\s", "", seed_text(name), flags=re.MULTILINE)
    return " ".join(plain.split())


def _one(pattern: str, words: str) -> re.Match[str]:
    found = re.search(pattern, words)
    assert found, pattern
    return found


def seed(name: str) -> Seed:
    """The particulars of a seed, found by the phrases around them."""
    words = _words(name)
    numbers = re.findall(r"Nomor : (\S+)", words)[:2]
    day, month, year = _one(r"\((\d\d)-(\d\d)-(\d{4})\)", words).groups()
    stated = re.search(r"berlaku terhitung sejak tanggal (\d+ \w+ \d{4})", words)
    people = re.findall(r"(?<= )[12]\. ([^:]{5,40}) : (.*?)(?:PIHAK KESATU|PIHAK KEDUA)”?\.?", words)
    contacts = re.findall(r"PIHAK (?:KESATU|KEDUA) ((?:[A-Z,]{3,} ?)+)(Jalan .*?) Telp ?: .*? Email : (\S+)", words)
    assert (len(numbers), len(people), len(contacts)) == (2, 2, 2), name
    sides = [
        _signatory(*people[side], number=numbers[side], anchor="$#"[side], contact=contacts[side], title=words)
        for side in (0, 1)
    ]
    return Seed(
        signed_on=f"{year}-{month}-{day}",
        stated_day=_day(stated[1]) if stated else None,
        first=sides[0],
        second=sides[1],
    )


def _signatory(
    name: str, about: str, *, number: str, anchor: str, contact: tuple[str, str, str], title: str
) -> Signatory:
    granted = re.search(r"Berdasarkan Surat Kuasa (.*?) tanggal (\d+ \w+ \d{4})", about)
    behalf = re.search(r"untuk dan atas nama (.*?)(?:,? berkedudukan|, [Uu]ntuk selanjutnya)", about)
    # One of the four acts in his office and names no principal: the party is the one of the title.
    party = behalf[1] if behalf else _one(r"DENGAN (.*?) TENTANG", title)[1].title()
    return Signatory(
        name=name.strip(),
        post=_one(r"(?:selaku )?(.*?)(?:, | berkedudukan)", about)[1].strip(),
        party=party.strip(),
        seat=_one(r"berkedudukan di (.*?)(?:, (?:untuk )?selanjutnya|\. )", about)[1],
        number=number,
        anchor=anchor,
        granted_by=granted[1] if granted else "",
        granted_on=_day(granted[2]) if granted else None,
        contact_unit=contact[0].strip(),
        contact_address=contact[1],
        email=contact[2],
    )
