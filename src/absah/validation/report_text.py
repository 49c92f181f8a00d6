"""A report as lines of text in a person's language: what `absah verify` writes."""

from collections.abc import Iterator
from typing import Final

from absah.kernel.clock import JAKARTA, Instant
from absah.kernel.messages import Language, render
from absah.pdf.dates import Zone, written_moment
from absah.validation.answers import Answer, answers_for
from absah.validation.checks import Check, Outcome
from absah.validation.report import Report, SignatureReport, TimestampReport

_LABEL_WIDTH: Final = 18


def render_report(report: Report, language: Language, /, *, detailed: bool = False) -> tuple[str, ...]:
    """The verdict, why, what to do; then each signature with its four answers and whatever did not pass.

    Detailed: also what each process concludes, what the law asks, and every check that passed.
    """
    return tuple(_lines(report, language, detailed=detailed))


def render_moment(moment: Instant, language: Language, /) -> str:
    """`21 November 2026, 09.15 WIB`, or with a colon in English."""
    if language is Language.INDONESIAN:
        return written_moment(moment, Zone.WIB)
    local = moment.astimezone(JAKARTA)
    return f"{local.day} {local:%B %Y, %H:%M} WIB"


def render_answer(answer: Answer, language: Language, /) -> str:
    """One answer as a sentence."""
    parameters = {
        name: value if isinstance(value, str) else render_moment(value, language) for name, value in answer.parameters
    }
    return render(answer.message_id, language, **parameters)


def render_check(check: Check, language: Language, /) -> str:
    """What a check asks, and what came out: for the part that experts read."""
    details = ", ".join(f"{name}={value}" for name, value in check.details if value)
    words = render(check.message_id, language)
    return f"{words} ({details}) [{check.citation}]" if details else f"{words} [{check.citation}]"


def _lines(report: Report, language: Language, *, detailed: bool) -> Iterator[str]:
    word = render(report.verdict_message, language).upper()
    yield f"{word}  ·  {render('validation.trial.ribbon', language)}" if report.trial else word
    yield render(report.sentence_message, language)
    if report.trial:
        yield render("validation.trial.sentence", language)
    yield render(report.next_message, language)
    for number, signature in enumerate(report.signatures, start=1):
        yield ""
        yield from _signature(number, signature, language)
        if detailed:
            yield from _details(signature, language)
    for stamp in report.timestamps:
        yield ""
        yield from _timestamp(stamp, language)
    if any(check.outcome is Outcome.FAILED for check in report.findings):
        yield ""
        yield render("validation.label.document", language)
        yield from _failing(report.findings, language)
    yield ""
    yield render("validation.label.hash", language, digest=report.document.sha256)
    reason = "" if report.conclusion.reason is None else f" / {report.conclusion.reason}"
    if report.signatures:
        yield render("validation.label.conclusion", language, conclusion=f"{report.indication}{reason}")
    yield render(
        "validation.label.checked",
        language,
        time=render_moment(report.checked_at, language),
        count=report.trust.anchors,
    )


def _signature(number: int, signature: SignatureReport, language: Language) -> Iterator[str]:
    yield render("validation.label.signature", language, number=number, field=signature.field_name)
    for answer in answers_for(signature):
        label = render(f"validation.question.{answer.question}", language)
        yield f"  {label:<{_LABEL_WIDTH}}{render_answer(answer, language)}"
    technical = [part for part in (signature.level, signature.algorithm) if part]
    if signature.chain:
        technical.append(" < ".join(link.subject for link in signature.chain))
        technical.append(f"{render('validation.label.serial', language)} {signature.chain[0].serial}")
    if technical:
        yield f"  {render('validation.label.technical', language):<{_LABEL_WIDTH}}{' · '.join(technical)}"
    word = render(signature.legal_class.message, language)
    why = render(signature.legal_reason.message, language)
    yield f"  {render('validation.label.class', language):<{_LABEL_WIDTH}}{word}. {why}"
    yield from _failing(signature.checks, language)


def _details(signature: SignatureReport, language: Language) -> Iterator[str]:
    for process in signature.processes:
        reason = "" if process.conclusion.reason is None else f" / {process.conclusion.reason}"
        yield f"  {process.process.citation}: {process.conclusion.indication}{reason}"
    yield f"  {render('validation.label.law', language)}"
    for condition in signature.conditions:
        state = render(f"validation.label.state.{condition.state}", language)
        yield f"    {condition.letter}. {render(condition.title_message, language)}: {state}"
        yield f"       {render(condition.message, language)}"
    for check in signature.checks:
        if check.outcome is Outcome.PASSED:
            yield f"  + {render_check(check, language)}"


def _timestamp(stamp: TimestampReport, language: Language) -> Iterator[str]:
    if stamp.time is None:
        yield render("validation.label.timestamp-unreadable", language, field=stamp.field_name)
    else:
        time = render_moment(stamp.time, language)
        if stamp.authority:
            yield render("validation.label.timestamp", language, time=time, authority=stamp.authority)
        else:
            yield render("validation.label.timestamp-unvouched", language, time=time)
    yield from _failing(stamp.checks, language)


def _failing(checks: tuple[Check, ...], language: Language) -> Iterator[str]:
    for check in checks:
        if check.outcome is Outcome.FAILED:
            reason = "" if check.conclusion is None else f" {check.conclusion.reason}"
            mark = "!" if check.conclusion is not None else "-"
            yield f"  {mark} {render('validation.label.unmet', language)} {render_check(check, language)}{reason}"
