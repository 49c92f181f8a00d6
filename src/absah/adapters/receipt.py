"""The receipt of a verification: PDF/A-3 and PDF/UA for people, with the JSON report attached for programs.

It is written when the document is judged, and pressed when somebody wants it; by then nobody has the document any more.
Who sealed it is said on it. The seal is a document time-stamp of the instance: it proves which instance made the
receipt, when, and that nothing was changed since. Where there is none, that is said instead.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRow:
    """A row of the issuer's ledger that tells of the file (`signature` 0), or of one of its signatures from 1 on."""

    signature: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """What the issuer's log says today: entries by rows, where the proof of a file is, and proofs to attach."""

    entries: Mapping[int, int] = field(default_factory=dict)
    address: str = ""
    proofs: bytes = b""


_NO_LOG: Final = LogView()


def rows_of(written: bytes, /) -> tuple[LoggedRow, ...]:
    """The rows of the ledger that a receipt tells of, for whoever looks up what the log says of them."""
    return tuple(LoggedRow(signature=number, row=row) for number, row in json.loads(written)["logged"])


def sha256_of(written: bytes, /) -> str:
    """The fingerprint of the file that a receipt tells of."""
    return str(json.loads(written)["sha256"])


def press_written(written: bytes, /, *, issuer: str, sealed: bool, log: LogView = _NO_LOG) -> bytes:
    """A receipt that was written before. `sealed` says that a time-stamp will follow."""
    data: dict[str, Any] = json.loads(written)
    _tell_entries(data, log)
    language = Language(data["lang"])
    seal = _words("validation.receipt.sealed" if sealed else "validation.receipt.unsealed", language)
    dated = date.fromisoformat(data.pop("dated"))
    page = data | {"issuer": issuer, "seal": seal, "heads": _heads(language)}
    return press("verification", page, dated=dated, standard=_STANDARD)


def _tell_entries(data: dict[str, Any], log: LogView) -> None:
    """Say which entries of the issuer's log the file and its signatures are, and attach the proofs there are."""
    language = Language(data["lang"])
    label = _words("validation.receipt.log", language)
    rows = {number: log.entries[row] for number, row in data.pop("logged") if row in log.entries}
    if (entry := rows.pop(0, None)) is not None:
        said = render("validation.receipt.entry", language, entry=entry, address=log.address)
        data["facts"].append((label, said))
    for number, place in rows.items():
        if number <= len(data["signatures"]):
            said = render("validation.receipt.signature-entry", language, entry=place)
            data["signatures"][number - 1]["rows"].append((label, said))
        else:
            said = render("validation.receipt.numbered-entry", language, number=number, entry=place)
            data["facts"].append((label, said))
    data["proofs"] = log.proofs.decode()


def write_receipt(report: Report, language: Language, /, *, file: str, logged: tuple[LoggedRow, ...] = ()) -> bytes:
    """Everything that the receipt on a file of this name says, as JSON; not whose it is, nor whether it is sealed.

    `logged` are the rows of the issuer's ledger about the file and its signatures: which entries of the log they are is
    looked up when the receipt is pressed.
    """
    data: dict[str, Any] = {
        "lang": language.value,
        "file": file,
        "dated": legal_date(report.checked_at).isoformat(),
        "verdict": report.verdict.value,
        "trial": report.trial,
        "checked": render_moment(report.checked_at, language),
        "sha256": report.document.sha256,
        "logged": _pairs(logged),
        "facts": _facts(report, file, language),
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
    logged: tuple[LoggedRow, ...] = ()


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
        "sha256": answer.sha256,
        "logged": _pairs(answer.logged),
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
        "proofs": _words("validation.receipt.proofs", language),
    }


def _heads(language: Language) -> list[str]:
    """Over the columns of what the law asks for."""
    return [_words(f"validation.receipt.{name}", language) for name in ("letter", "condition", "state")]


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


def _pairs(logged: tuple[LoggedRow, ...]) -> list[tuple[int, int]]:
    return [(one.signature, one.row) for one in logged]


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
