"""From the TOML of a model agreement to an `AgreementModel`.

What was written (`model_document.ModelDocument`) and what was accepted (`model.AgreementModel`) are different types. A
duty, right or question that points to a clause the text does not have is refused here, so that no page ever shows a
dangling address.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final, assert_never

from pydantic import ValidationError

from absah.agreements.clauses import AgreementText, Article, Clause, ClauseRef, parse_clause
from absah.agreements.duties import (
    Continuous,
    Duty,
    DutyCode,
    OnEvent,
    OnRequest,
    Periodic,
    Right,
    RightCode,
    Trigger,
)
from absah.agreements.graphs import load_graph
from absah.agreements.model import (
    AgreementModel,
    NoticeRule,
    Rules,
)
from absah.agreements.model_document import (
    ModelDocument,
    WrittenDuty,
    WrittenLimit,
    WrittenNotice,
    WrittenPasal,
    WrittenQuestion,
    WrittenRight,
    WrittenRules,
)
from absah.agreements.parties import Role
from absah.agreements.questions import LINES, Question, Reading
from absah.agreements.reckoning import Limit
from absah.kernel.errors import BadInput, NotFound

#: Ten times what the shipped models have, in characters.
LONGEST_MODEL: Final = 300_000


class NoSuchModel(NotFound):
    """There is no model agreement of that name. Parameter: name."""

    code = "agreements.no-such-model"


class ModelUnreadable(BadInput):
    """Not TOML, or TOML without what a model agreement needs. Parameters: model, problem."""

    code = "agreements.model-unreadable"


def parse_model(text: str, /, *, name: str) -> AgreementModel:
    """Read and accept a model, perhaps one that somebody edited. Raises ModelUnreadable, or what its parts refuse."""
    if len(text) > LONGEST_MODEL:
        raise ModelUnreadable(model=name, problem=f"> {LONGEST_MODEL}")
    try:
        written = ModelDocument.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as problem:  # brackets in brackets in brackets
        raise ModelUnreadable(model=name, problem=str(problem)) from None
    except ValidationError as problem:
        places = ", ".join(sorted({".".join(map(str, error["loc"])) for error in problem.errors()}))
        raise ModelUnreadable(model=name, problem=places) from None
    if missing := written.questions.keys() ^ LINES.keys():
        raise ModelUnreadable(model=name, problem=", ".join(sorted(missing)))
    text_ = AgreementText(
        recitals=written.recitals,
        articles=tuple(_article(number, pasal) for number, pasal in enumerate(written.pasal, start=1)),
        closing=written.closing,
    )
    duties = tuple(_duty(DutyCode(code), duty, text_.coded(code)) for code, duty in written.duties.items())
    return AgreementModel(
        name=name,
        version=written.version,
        title=written.title,
        gloss=written.gloss,
        text=text_,
        duties=duties,
        rights=tuple(_right(code, right, text_, duties) for code, right in written.rights.items()),
        questions=tuple(_question(key, written.questions[key], text_) for key in LINES),
        rules=_rules(written.rules, text_),
        life=load_graph(written.life),
        dispute=load_graph(written.dispute),
    )


def _article(number: int, written: WrittenPasal, /) -> Article:
    clauses = (
        Clause(
            ref=parse_clause(f"{number}{each.at}"),
            kind=each.kind or written.kind,
            text=each.text,
            gloss=each.gloss,
            code=each.code,
        )
        for each in written.clauses
    )
    return Article(number=number, title=written.title, gloss=written.gloss, clauses=tuple(clauses))


def _duty(code: DutyCode, written: WrittenDuty, clause: Clause, /) -> Duty:
    return Duty(
        code=code,
        clause=clause.ref,
        bearers=frozenset(Role) if written.bearer == "both" else frozenset({Role(written.bearer)}),
        text=clause.text,
        gloss=clause.gloss,
        trigger=_trigger(code, written, clause.ref),
        evidence=written.evidence,
    )


def _trigger(code: str, written: WrittenDuty, clause: ClauseRef, /) -> Trigger:
    limit = None if written.within is None else _limit(written.within, clause)
    match written.trigger:
        case "periodic":
            if limit is None:
                raise ModelUnreadable(model=code, problem="within")
            return Periodic(limit=limit)
        case "on-request":
            return OnRequest(limit=limit)
        case "event":
            return OnEvent(event=written.event, limit=limit)
        case "continuous":
            return Continuous(outlives=written.outlives)
        case _:
            assert_never(written.trigger)


def _right(code: str, written: WrittenRight, text: AgreementText, duties: Iterable[Duty], /) -> Right:
    clause = text.coded(code)
    if written.answers is not None and written.answers not in {duty.code for duty in duties}:
        raise ModelUnreadable(model=code, problem=written.answers)
    return Right(
        code=RightCode(code),
        clause=clause.ref,
        holder=written.holder,
        text=clause.text,
        gloss=clause.gloss,
        answers=None if written.answers is None else DutyCode(written.answers),
        beyond=written.beyond,
        beyond_gloss=written.beyond_gloss,
        asks=written.asks,
    )


def _question(key: str, written: WrittenQuestion, text: AgreementText, /) -> Question:
    return Question(
        key=key,
        clause=text.coded(written.clause).ref,
        readings=tuple(Reading(key=name, text=each.text, gloss=each.gloss) for name, each in written.readings.items()),
        default=written.default,
    )


def _limit(written: WrittenLimit, clause: ClauseRef, /) -> Limit:
    return Limit(
        amount=written.amount,
        unit=written.unit,
        origin=written.origin,
        clause=clause,
        direction=written.direction,
    )


def _rules(written: WrittenRules, text: AgreementText, /) -> Rules:
    def limit(each: WrittenNotice) -> Limit:
        return _limit(each, text.coded(each.clause).ref)

    return Rules(
        term_years=written.term_years,
        logo=written.logo,
        notices=tuple(
            NoticeRule(purpose=purpose, limit=limit(each)) for purpose, each in sorted(written.notices.items())
        ),
        oral_notice=limit(written.oral_notice),
        written_notice=limit(written.written_notice),
        contact_change=limit(written.contact_change),
        address_use=written.address_use,
        old_address_until_received=written.old_address_until_received,
        data_request_names_need=written.data_request_names_need,
        ip_needs_written_agreement=written.ip_needs_written_agreement,
        speakers_for=written.speakers_for,
        amendments=written.amendments,
        dispute_subjects=written.dispute_subjects,
    )


def model_names() -> tuple[str, ...]:
    """The models that are shipped."""
    folder = files("absah.agreements") / "models"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def load_model(name: str, /) -> AgreementModel:
    """A shipped model by its name."""
    if not re.fullmatch(r"[a-z-]+", name) or name not in model_names():
        raise NoSuchModel(name=name[:40])
    page = files("absah.agreements") / "models" / f"{name}.toml"
    return parse_model(page.read_text(encoding="utf-8"), name=name)
