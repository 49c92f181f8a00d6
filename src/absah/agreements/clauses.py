"""Clauses as lawyers address them: pasal, ayat, huruf; and the text of an agreement as data.

A definition list numbered `1. 2. 3.` instead of `a. b. c.` has *angka*. An address has three spellings: the long one of
letters (`Pasal 4 ayat (2) huruf g`), the short one of tables (`4(2)g`, `1.3`) and one for element ids and file names
(`pasal_4__ayat_2__huruf_g`). All three are read, and each is written by one property.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from absah.kernel.errors import BadInput, NotFound, RuleBroken


class ClauseMalformed(BadInput):
    """Not an address such as `4(2)g`. Parameter: written."""

    code = "agreements.clause-malformed"


class ClauseUnknown(NotFound):
    """The agreement has no such clause. Parameter: clause."""

    code = "agreements.clause-unknown"


class ClauseTwice(RuleBroken):
    """Two clauses have one address. Parameter: clause."""

    code = "agreements.clause-twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseRef:
    """The address of a clause. It stays the same through all versions of an agreement."""

    pasal: int
    ayat: int | None = None
    huruf: str | None = None
    angka: int | None = None

    def __post_init__(self) -> None:
        letter = self.huruf is None or re.fullmatch(r"[a-z]", self.huruf)
        if self.pasal < 1 or not letter or (self.angka is not None and self.huruf is not None):
            raise ClauseMalformed(written=self.short)

    @property
    def short(self) -> str:
        ayat = f"({self.ayat})" if self.ayat else ""
        angka = f".{self.angka}" if self.angka else ""
        return f"{self.pasal}{ayat}{self.huruf or ''}{angka}"

    @property
    def slug(self) -> str:
        ayat = f"__ayat_{self.ayat}" if self.ayat else ""
        huruf = f"__huruf_{self.huruf}" if self.huruf else ""
        angka = f"__angka_{self.angka}" if self.angka else ""
        return f"pasal_{self.pasal}{ayat}{huruf}{angka}"

    @property
    def sort_key(self) -> tuple[int, int, str, int]:
        """The order of reading."""
        return self.pasal, self.ayat or 0, self.huruf or "", self.angka or 0

    def __str__(self) -> str:
        ayat = f" ayat ({self.ayat})" if self.ayat else ""
        huruf = f" huruf {self.huruf}" if self.huruf else ""
        angka = f" angka {self.angka}" if self.angka else ""
        return f"Pasal {self.pasal}{ayat}{huruf}{angka}"


_NUMBER = r"[1-9][0-9]?"
_SPELLINGS = (
    re.compile(rf"(?P<pasal>{_NUMBER})(?:\((?P<ayat>{_NUMBER})\))?(?:(?P<huruf>[a-z])|\.(?P<angka>{_NUMBER}))?"),
    re.compile(
        rf"pasal_(?P<pasal>{_NUMBER})(?:__ayat_(?P<ayat>{_NUMBER}))?"
        rf"(?:__huruf_(?P<huruf>[a-z])|__angka_(?P<angka>{_NUMBER}))?"
    ),
    re.compile(
        rf"pasal (?P<pasal>{_NUMBER})(?: ayat \((?P<ayat>{_NUMBER})\))?"
        rf"(?: huruf (?P<huruf>[a-z])| angka (?P<angka>{_NUMBER}))?"
    ),
)


def parse_clause(written: str, /) -> ClauseRef:
    """Read an address in any of its spellings."""
    plain = " ".join(written.lower().split())
    for spelling in _SPELLINGS:
        if found := spelling.fullmatch(plain):
            ayat, angka = found["ayat"], found["angka"]
            return ClauseRef(
                pasal=int(found["pasal"]),
                ayat=int(ayat) if ayat else None,
                huruf=found["huruf"],
                angka=int(angka) if angka else None,
            )
    raise ClauseMalformed(written=written[:60])


class ClauseKind(StrEnum):
    """What a clause does. `LEAD` is a sentence that only introduces the letters below it."""

    LEAD = "lead"
    DEFINITION = "definition"
    PURPOSE = "purpose"
    SCOPE = "scope"
    RIGHT = "right"
    DUTY = "duty"
    COST = "cost"
    TERM = "term"
    NOTICE = "notice"
    ENDING = "ending"
    INTELLECTUAL_PROPERTY = "intellectual-property"
    CONFIDENTIALITY = "confidentiality"
    FORCE_MAJEURE = "force-majeure"
    EVALUATION = "evaluation"
    DISPUTE = "dispute"
    AMENDMENT = "amendment"
    CORRESPONDENCE = "correspondence"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A sentence with its address. `code` is the name it goes by in issues, tests and pages (`K1-g`, `JW-2`)."""

    ref: ClauseRef
    kind: ClauseKind
    text: str
    gloss: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One pasal: its title, and its clauses in the order of reading."""

    number: int
    title: str
    gloss: str
    clauses: tuple[Clause, ...]

    @property
    def ref(self) -> ClauseRef:
        return ClauseRef(pasal=self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementText:
    """The whole text: what it says first (recitals), its articles, and its closing sentence."""

    recitals: tuple[str, ...]
    articles: tuple[Article, ...]
    closing: str

    def __post_init__(self) -> None:
        seen: set[ClauseRef] = set()
        for clause in self.clauses:
            if clause.ref in seen:
                raise ClauseTwice(clause=clause.ref.short)
            seen.add(clause.ref)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        return tuple(clause for article in self.articles for clause in article.clauses)

    def find(self, ref: ClauseRef, /) -> Clause:
        """The clause at an address."""
        for clause in self.clauses:
            if clause.ref == ref:
                return clause
        raise ClauseUnknown(clause=ref.short)

    def coded(self, code: str, /) -> Clause:
        """The clause that goes by a code."""
        for clause in self.clauses:
            if clause.code == code:
                return clause
        raise ClauseUnknown(clause=code)
