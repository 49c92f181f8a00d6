"""The receipt of a verification: PDF/A-3 for people, with the JSON report attached for programs.

Who sealed it is said on it. The seal is a document time-stamp of the instance: it proves which instance made the
receipt, when, and that nothing was changed since. Where there is none, that is said instead.
"""

import json
from typing import Any, Final

from absah.adapters.typst_press import press
from absah.kernel.clock import legal_date
from absah.kernel.messages import Language, render
from absah.validation.answers import answers_for
from absah.validation.checks import Outcome
from absah.validation.report import Report, SignatureReport
from absah.validation.report_text import render_answer, render_check, render_moment

_STANDARD: Final = "a-3a"


def press_receipt(report: Report, language: Language, /, *, file: str, issuer: str, sealed: bool) -> bytes:
    """The receipt on a file of this name, by this issuer. `sealed` says that a time-stamp will follow."""
    data: dict[str, Any] = {
        "lang": language.value,
        "file": file,
        "issuer": issuer,
        "verdict": report.verdict.value,
        "trial": report.trial,
        "checked": render_moment(report.checked_at, language),
        "seal": _words("validation.receipt.sealed" if sealed else "validation.receipt.unsealed", language),
        "facts": _facts(report, file, language),
        "signatures": [_signature(number, one, language) for number, one in enumerate(report.signatures, start=1)],
        "timestamps": _timestamps(report, language),
        "report": json.dumps(report.to_dict(), ensure_ascii=False, indent=1),
        "words": {
            "title": _words("validation.receipt.title", language),
            "verdict": _words(report.verdict_message, language),
            "sentence": _words(report.sentence_message, language),
            "next": _words(report.next_message, language),
            "ribbon": _words("validation.trial.ribbon", language),
            "trial": _words("validation.trial.sentence", language),
            "law": _words("validation.label.law", language),
            "attached": _words("validation.receipt.attached", language),
        },
    }
    return press("verification", data, dated=legal_date(report.checked_at), standard=_STANDARD)


def _timestamps(report: Report, language: Language) -> list[str]:
    told = ((one.time, one.authority) for one in report.timestamps if one.authority)
    return [
        render("validation.label.timestamp", language, time=render_moment(time, language), authority=authority)
        for time, authority in told
        if time is not None
    ]


def _words(message_id: str, language: Language) -> str:
    return render(message_id, language)


def _facts(report: Report, file: str, language: Language) -> list[tuple[str, str]]:
    reason = "" if report.conclusion.reason is None else f" / {report.conclusion.reason}"
    policy = f"{report.policy.name} {report.policy.version}, SHA-256 {report.policy.digest[:16]}"
    return [
        (_words("validation.receipt.file", language), file),
        ("SHA-256", report.document.sha256),
        ("ETSI EN 319 102-1", f"{report.indication}{reason}"),
        (_words("validation.receipt.trust", language), f"{report.trust.name}, SHA-256 {report.trust.digest[:16]}"),
        (_words("validation.receipt.policy", language), policy),
    ]


def _signature(number: int, one: SignatureReport, language: Language) -> dict[str, Any]:
    rows = [
        (render(f"validation.question.{answer.question}", language), render_answer(answer, language))
        for answer in answers_for(one)
    ]
    technical = " · ".join(part for part in (one.level, one.algorithm) if part)
    if technical:
        rows.append((_words("validation.label.technical", language), technical))
    found = f"{_words(one.legal_class.message, language)}. {_words(one.legal_reason.message, language)}"
    rows.append((_words("validation.label.class", language), found))
    return {
        "title": render("validation.label.signature", language, number=number, field=one.field_name),
        "rows": rows,
        "conditions": [
            {
                "letter": condition.letter,
                "title": _words(condition.title_message, language),
                "found": _words(condition.message, language),
                "state": render(f"validation.label.state.{condition.state}", language),
            }
            for condition in one.conditions
        ],
        "failing": [render_check(check, language) for check in one.checks if check.outcome is Outcome.FAILED],
    }
