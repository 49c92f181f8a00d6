"""The receipt of a verification: PDF/A-3 for people, with the JSON report attached for programs.

It is written when the document is judged, and pressed when somebody wants it; by then nobody has the document any more.
Who sealed it is said on it. The seal is a document time-stamp of the instance: it proves which instance made the
receipt, when, and that nothing was changed since. Where there is none, that is said instead.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from absah.adapters.typst_press import press
from absah.kernel.clock import Instant, legal_date
from absah.kernel.messages import Language, render
from absah.validation.answers import answers_for
from absah.validation.checks import Outcome
from absah.validation.conclusion import Verdict
from absah.validation.report import Report, SignatureReport
from absah.validation.report_text import render_answer, render_check, render_moment

_STANDARD: Final = "a-3a"
_SHORT: Final = 16


def press_receipt(report: Report, language: Language, /, *, file: str, issuer: str, sealed: bool) -> bytes:
    """The receipt on a file of this name, by this issuer. `sealed` says that a time-stamp will follow."""
    return press_written(write_receipt(report, language, file=file), issuer=issuer, sealed=sealed)


def press_written(written: bytes, /, *, issuer: str, sealed: bool) -> bytes:
    """A receipt that was written before. `sealed` says that a time-stamp will follow."""
    data: dict[str, Any] = json.loads(written)
    seal = _words("validation.receipt.sealed" if sealed else "validation.receipt.unsealed", Language(data["lang"]))
    dated = date.fromisoformat(data.pop("dated"))
    return press("verification", data | {"issuer": issuer, "seal": seal}, dated=dated, standard=_STANDARD)


def write_receipt(report: Report, language: Language, /, *, file: str, log: str = "") -> bytes:
    """Everything that the receipt on a file of this name says, as JSON; not whose it is, nor whether it is sealed.

    `log` says which entry of the issuer's ledger tells of the file, and where its proof is; empty when none does.
    """
    data: dict[str, Any] = {
        "lang": language.value,
        "file": file,
        "dated": legal_date(report.checked_at).isoformat(),
        "verdict": report.verdict.value,
        "trial": report.trial,
        "checked": render_moment(report.checked_at, language),
        "facts": [*_facts(report, file, language), *_logged(log, language)],
        "signatures": [_signature(number, one, language) for number, one in enumerate(report.signatures, start=1)],
        "timestamps": _timestamps(report, language),
        "report": json.dumps(report.to_dict(), ensure_ascii=False, indent=1),
        "words": _frame(report.verdict_message, report.sentence_message, report.next_message, language),
    }
    return json.dumps(data, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAnswer:
    """The little of a result that was shared at an address; the file is known by its fingerprint only."""

    address: str
    sha256: str
    verdict: Verdict
    verdict_message: str
    sentence_message: str
    indication: str
    names: tuple[str, ...]
    trial: bool
    checked_at: Instant


def write_shared_receipt(answer: SharedAnswer, language: Language, /) -> bytes:
    """The same for a shared result: the answer that was given on a file with this fingerprint."""
    attached = {
        "address": answer.address,
        "sha256": answer.sha256,
        "verdict": answer.verdict.value,
        "indication": answer.indication,
        "signers": answer.names,
        "trial": answer.trial,
        "checked_at": answer.checked_at.isoformat(),
    }
    data: dict[str, Any] = {
        "lang": language.value,
        "file": answer.sha256[:_SHORT],
        "dated": legal_date(answer.checked_at).isoformat(),
        "verdict": answer.verdict.value,
        "trial": answer.trial,
        "checked": render_moment(answer.checked_at, language),
        "facts": [
            ("SHA-256", answer.sha256),
            ("ETSI EN 319 102-1", answer.indication),
            (_words("validation.receipt.signers", language), ", ".join(answer.names) or "-"),
            (_words("validation.receipt.address", language), answer.address),
        ],
        "signatures": [],
        "timestamps": [],
        "report": json.dumps(attached, ensure_ascii=False, indent=1),
        "words": _frame(answer.verdict_message, answer.sentence_message, "validation.receipt.compare", language),
    }
    return json.dumps(data, ensure_ascii=False).encode()


def _frame(verdict: str, sentence: str, then: str, language: Language) -> dict[str, str]:
    """The words that every receipt has."""
    return {
        "title": _words("validation.receipt.title", language),
        "verdict": _words(verdict, language),
        "sentence": _words(sentence, language),
        "next": _words(then, language),
        "ribbon": _words("validation.trial.ribbon", language),
        "trial": _words("validation.trial.sentence", language),
        "law": _words("validation.label.law", language),
        "attached": _words("validation.receipt.attached", language),
    }


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


def _logged(log: str, language: Language) -> list[tuple[str, str]]:
    return [(_words("validation.receipt.log", language), log)] if log else []


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
