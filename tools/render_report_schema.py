"""Write `docs/reference/validation-report.schema.json`, the published schema of the report; `--check` only compares.

The shape is written here once and held against every report of the suite; the words that may stand in it (names of
checks, indications, kinds of change) come from the code.
"""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

from absah.validation.checks import CheckLevel, CheckName, Outcome
from absah.validation.conclusion import Indication, SubIndication, Verdict
from absah.validation.evidence import ChangeKind
from absah.validation.legal import ConditionState, LegalClass, LegalReason
from absah.validation.report_json import SCHEMA_VERSION
from absah.validation.report_parts import Process

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "validation-report.schema.json"

TEXT: dict[str, Any] = {"type": "string"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
YES_NO: dict[str, Any] = {"type": "boolean"}
INSTANT: dict[str, Any] = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
    "description": "UTC, whole seconds",
}
SHA256: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _one_of(words: type[StrEnum]) -> dict[str, Any]:
    return {"enum": sorted(word.value for word in words)}


def _maybe(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [shape, {"type": "null"}]}


def _list(shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": shape}


def _object(description: str, /, **members: dict[str, Any]) -> dict[str, Any]:
    """Every member is there. Readers must bear members that they do not know: later versions add some."""
    return {"type": "object", "description": description, "properties": members, "required": sorted(members)}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


CONCLUSION = {"indication": _one_of(Indication), "sub_indication": _maybe(_one_of(SubIndication))}


def _definitions() -> dict[str, Any]:
    return {
        "check": _object(
            "One question: the place in a norm it comes from, what it weighs, and what came out. Its sub_indication is"
            " there where it decides.",
            name=_one_of(CheckName),
            level=_one_of(CheckLevel),
            outcome=_one_of(Outcome),
            citation=TEXT,
            sub_indication=_maybe(_one_of(SubIndication)),
            details={"type": "object", "additionalProperties": TEXT},
        ),
        "certificate": _object(
            "One link of a chain, the signer's first. The subject's serialNumber is never told.",
            subject=TEXT,
            issuer=TEXT,
            serial={"type": "string", "pattern": "^-?[0-9A-F]+$"},
            not_before=INSTANT,
            not_after=INSTANT,
            sha256=SHA256,
        ),
        "process": _object(
            "What a process of EN 319 102-1 concludes, and the time as of which it judged the chain.",
            process=_one_of(Process),
            citation=TEXT,
            at=INSTANT,
            proven=YES_NO,
            **CONCLUSION,
        ),
        "condition": _object(
            "One of the six conditions of UU ITE Pasal 11 ayat (1), and the checks that its state rests on.",
            letter={"enum": list("abcdef")},
            citation=TEXT,
            state=_one_of(ConditionState),
            evidence=_list(_one_of(CheckName)),
            messages=_object("Message ids.", title=TEXT, found=TEXT),
        ),
        "change": _object(
            "A difference between the signed revision and the present one.",
            kind=_one_of(ChangeKind),
            where=TEXT,
            revision=COUNT,
            field=TEXT,
            page=COUNT,
            permitted=YES_NO,
        ),
        "signature": _object(
            "One signature.",
            field=TEXT,
            signer=_maybe(_object("As the certificate says.", name=TEXT, organisation=TEXT, units=_list(TEXT))),
            claimed_time=_maybe(INSTANT),
            proven_time=_maybe(
                _object(
                    "The earliest proof that it existed.",
                    at=INSTANT,
                    authority=TEXT,
                    by={"enum": ["signature-timestamp", "document-timestamp"]},
                )
            ),
            reason=TEXT,
            location=TEXT,
            level=_maybe({"enum": ["B-B", "B-T", "B-LT", "B-LTA"]}),
            algorithm=_maybe(TEXT),
            intact=YES_NO,
            revision=COUNT,
            covers_whole_file=YES_NO,
            certification=_maybe({"type": "integer", "minimum": 1, "maximum": 3}),
            place=_maybe(
                _object(
                    "Where it is seen, in points of the page's user space.",
                    page=COUNT,
                    rect={"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
                )
            ),
            changes=_list(_ref("change")),
            chain=_list(_ref("certificate")),
            chain_trusted=YES_NO,
            revoked_later=_maybe(INSTANT),
            processes=_list(_ref("process")),
            conditions=_list(_ref("condition")),
            legal_class=_one_of(LegalClass),
            legal_reason=_one_of(LegalReason),
            checks=_list(_ref("check")),
            **CONCLUSION,
        ),
        "timestamp": _object(
            "A document time-stamp.",
            field=TEXT,
            time=_maybe(INSTANT),
            authority=TEXT,
            revision=COUNT,
            chain=_list(_ref("certificate")),
            checks=_list(_ref("check")),
            **CONCLUSION,
        ),
    }


def schema() -> dict[str, Any]:
    """The whole schema, JSON Schema 2020-12."""
    whole = _object(
        "What `absah verify --report json` writes: the report on one document. Keys are added, never renamed.",
        schema={"const": SCHEMA_VERSION},
        verdict=_one_of(Verdict),
        trial=YES_NO,
        checked_at=INSTANT,
        messages=_object("Message ids of the verdict, why, and the next step.", verdict=TEXT, sentence=TEXT, next=TEXT),
        document=_object(
            "The file that was judged.",
            sha256=SHA256,
            size=COUNT,
            pages=COUNT,
            revisions=_list(_object("Where it ends, where its cross-reference is.", end=COUNT, startxref=COUNT)),
        ),
        trust=_object("The set of anchors in force.", name=TEXT, taken_at=INSTANT, anchors=COUNT, sha256=SHA256),
        policy=_object("The validation policy in force.", name=TEXT, version=TEXT, sha256=SHA256),
        signatures=_list(_ref("signature")),
        timestamps=_list(_ref("timestamp")),
        findings=_list(_ref("check")),
        online=_list(_object("An address that was asked, and what came of it.", address=TEXT, outcome=TEXT)),
        **CONCLUSION,
    )
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Absah validation report"}
    return {**head, **whole, "$defs": _definitions()}


def render() -> str:
    """The page."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    page = render()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
            print("docs/reference/validation-report.schema.json is not what the code says: run `make docs`")
            return 1
        return 0
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
