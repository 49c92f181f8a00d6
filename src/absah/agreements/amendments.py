"""Addenda: what they change, what an agreement lets them change, and the text that results.

An addendum never rewrites history. The consolidated text keeps every clause at its address and says which addendum last
touched it; a deleted clause stays as a place that says so, because letters of three years point to it.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeAlias, assert_never

from absah.agreements.clauses import AgreementText, Article, Clause, ClauseRef, ClauseTwice, ClauseUnknown
from absah.agreements.duties import Duty, DutyCode
from absah.agreements.model import AmendmentKind
from absah.agreements.words import amendment_words
from absah.kernel.errors import RuleBroken


class AmendmentNotAllowed(RuleBroken):
    """This agreement does not let an addendum do that. Parameters: kind, allowed."""

    code = "agreements.amendment-not-allowed"


class ClauseHasOpenDuties(RuleBroken):
    """An addendum would take away a clause whose duties are still open. Parameters: clause, duties."""

    code = "agreements.clause-has-open-duties"


class AmendmentEmpty(RuleBroken):
    """An addendum that changes nothing. Parameter: number."""

    code = "agreements.amendment-empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """A new clause, and the duty it creates, if any."""

    clause: Clause
    duty: Duty | None = None

    @property
    def ref(self) -> ClauseRef:
        return self.clause.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Reword:
    """Other words for a clause: a change, or a renewal where the agreement has that word."""

    ref: ClauseRef
    text: str
    gloss: str
    renews: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """The clause is gone from that day on."""

    ref: ClauseRef


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """The clause stays and is not applied (pengesampingan)."""

    ref: ClauseRef


Change: TypeAlias = Add | Reword | Delete | SetAside


def kind_of(change: Change, /) -> AmendmentKind:
    """What an agreement calls a change."""
    match change:
        case Add():
            return AmendmentKind.ADD
        case Reword(renews=renews):
            return AmendmentKind.RENEW if renews else AmendmentKind.CHANGE
        case Delete():
            return AmendmentKind.DELETE
        case SetAside():
            return AmendmentKind.SET_ASIDE
        case _:
            assert_never(change)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addendum:
    """A written change agreed by both: one number per party, what it changes, from which day."""

    first_number: str
    second_number: str
    effective_on: date
    changes: tuple[Change, ...]

    def __post_init__(self) -> None:
        if not self.changes:
            raise AmendmentEmpty(number=self.first_number)


class ClauseStanding(StrEnum):
    """What has become of a clause."""

    ORIGINAL = "original"
    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    SET_ASIDE = "set-aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidatedClause:
    """A clause as it stands in a version: `version` 1 is the agreement as signed, 2 after the first addendum."""

    clause: Clause
    standing: ClauseStanding = ClauseStanding.ORIGINAL
    version: int = 1

    @property
    def applies(self) -> bool:
        return self.standing not in {ClauseStanding.DELETED, ClauseStanding.SET_ASIDE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidatedText:
    """The text in force on a day, article by article, and where each clause comes from."""

    version: int
    articles: tuple[tuple[Article, tuple[ConsolidatedClause, ...]], ...]

    @property
    def clauses(self) -> tuple[ConsolidatedClause, ...]:
        return tuple(clause for _, clauses in self.articles for clause in clauses)

    def find(self, ref: ClauseRef, /) -> ConsolidatedClause:
        """The clause at an address."""
        for each in self.clauses:
            if each.clause.ref == ref:
                return each
        raise ClauseUnknown(clause=ref.short)


def in_effect(addenda: tuple[Addendum, ...], day: date, /) -> tuple[Addendum, ...]:
    """The addenda that had taken effect by a day, in the order of their effect."""
    return tuple(sorted((each for each in addenda if each.effective_on <= day), key=lambda each: each.effective_on))


def consolidate(text: AgreementText, addenda: tuple[Addendum, ...], /) -> ConsolidatedText:
    """Lay addenda over a text, in their order."""
    clauses = {clause.ref: ConsolidatedClause(clause=clause) for clause in text.clauses}
    for version, addendum in enumerate(addenda, start=2):
        for change in addendum.changes:
            clauses[change.ref] = _changed(clauses.get(change.ref), change, version)
    by_pasal: dict[int, list[ConsolidatedClause]] = {article.number: [] for article in text.articles}
    for ref in sorted(clauses, key=lambda ref: ref.sort_key):
        by_pasal.setdefault(ref.pasal, []).append(clauses[ref])
    titles = {article.number: article for article in text.articles}
    return ConsolidatedText(
        version=len(addenda) + 1,
        articles=tuple(
            (titles.get(number) or _untitled(number), tuple(by_pasal[number])) for number in sorted(by_pasal)
        ),
    )


def _untitled(number: int, /) -> Article:
    return Article(number=number, title="Ketentuan tambahan", gloss="Additional provisions", clauses=())


def _changed(before: ConsolidatedClause | None, change: Change, version: int, /) -> ConsolidatedClause:
    if isinstance(change, Add):
        if before is not None:
            raise ClauseTwice(clause=change.ref.short)
        return ConsolidatedClause(clause=change.clause, standing=ClauseStanding.ADDED, version=version)
    if before is None or before.standing is ClauseStanding.DELETED:
        raise ClauseUnknown(clause=change.ref.short)
    match change:
        case Reword():
            worded = replace(before.clause, text=change.text, gloss=change.gloss)
            return ConsolidatedClause(clause=worded, standing=ClauseStanding.CHANGED, version=version)
        case Delete():
            return replace(before, standing=ClauseStanding.DELETED, version=version)
        case SetAside():
            return replace(before, standing=ClauseStanding.SET_ASIDE, version=version)
        case _:
            assert_never(change)


def check_addendum(
    addendum: Addendum, text: AgreementText, earlier: tuple[Addendum, ...], /, *, allowed: frozenset[AmendmentKind]
) -> ConsolidatedText:
    """The text that would result, if the agreement allows every change. Raises."""
    for change in addendum.changes:
        if (kind := kind_of(change)) not in allowed:
            raise AmendmentNotAllowed(kind=amendment_words([kind]), allowed=amendment_words(allowed))
    return consolidate(text, (*earlier, addendum))


def duties_after(duties: tuple[Duty, ...], addenda: tuple[Addendum, ...], /) -> tuple[Duty, ...]:
    """The duties that stand after addenda: added ones come, those of deleted or suspended clauses go."""
    standing = {duty.clause: duty for duty in duties}
    for addendum in addenda:
        for change in addendum.changes:
            before = standing.pop(change.ref, None)
            if isinstance(change, Add) and change.duty is not None:
                standing[change.ref] = change.duty
            elif isinstance(change, Reword) and before is not None:
                standing[change.ref] = replace(before, text=change.text, gloss=change.gloss)
    return tuple(standing.values())


def open_duties_caught(
    change: Change, duties: tuple[Duty, ...], still_open: frozenset[DutyCode], /
) -> tuple[DutyCode, ...]:
    """The duties under way whose clause a change would take away."""
    if not isinstance(change, Delete | SetAside):
        return ()
    return tuple(sorted({duty.code for duty in duties if duty.clause == change.ref} & still_open))


def check_no_open_duties(addendum: Addendum, duties: tuple[Duty, ...], still_open: frozenset[DutyCode], /) -> None:
    """No clause may be deleted or set aside while a duty from it is under way. Raises ClauseHasOpenDuties."""
    for change in addendum.changes:
        if caught := open_duties_caught(change, duties, still_open):
            raise ClauseHasOpenDuties(clause=change.ref.short, duties=", ".join(caught))
