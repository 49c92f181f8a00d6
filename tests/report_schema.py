"""Holds a report against its published schema. Every report that the tests make goes through here."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from absah.validation.report import Report

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "reference" / "validation-report.schema.json"


@cache
def validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def checked(report: Report) -> Report:
    """The report, if its JSON is what the schema says, and knows no key that the schema does not name."""
    written = json.loads(json.dumps(report.to_dict()))
    problems = [f"{error.json_path}: {error.message[:200]}" for error in validator().iter_errors(written)]
    assert problems == []
    assert set(written) == set(validator().schema["properties"])
    return report
