"""The validation policy: what each failing check weighs, as a TOML file sets it (ETSI EN 319 102-1 §5.1.4.2).

A policy is complete: it names every check of every subject, so that nobody has to know a default. It cannot take
weight from what makes a signature a signature: whose bytes are altered has not signed them, whatever a file says.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from absah.kernel.errors import BadInput, NotFound, RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.validation.checks import Check, CheckLevel, CheckName


class PolicyUnreadable(BadInput):
    """Not TOML, or TOML of another shape. Parameter: problem."""

    code = "validation.policy-unreadable"


class PolicyIncomplete(BadInput):
    """A check has no level, or one that there is not. Parameters: subject, checks."""

    code = "validation.policy-incomplete"


class PolicyTooLax(RuleBroken):
    """A check that must fail was given less weight. Parameters: subject, check."""

    code = "validation.policy-too-lax"
    citation = Citation(norm=Norm.EN_319_102_1, clause="5.2.7")


class PolicyUnknown(NotFound):
    """No policy of this name comes with the package. Parameter: policy."""

    code = "validation.policy-unknown"


class Subject(StrEnum):
    """What a check is about; the same question may weigh differently."""

    DOCUMENT = "document"
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"


_CHAIN_CHECKS: Final = frozenset(
    {CheckName.CHAIN, CheckName.VALIDITY_PERIOD, CheckName.REVOCATION, CheckName.SUSPENSION, CheckName.ALGORITHMS}
)
_OF_THE_BYTES: Final = frozenset(
    {
        CheckName.BYTE_RANGE,
        CheckName.SIGNATURE_READABLE,
        CheckName.SIGNING_CERTIFICATE,
        CheckName.DOCUMENT_DIGEST,
        CheckName.SIGNATURE_VALUE,
    }
)
#: The questions that are asked about each subject.
CHECKS_OF: Final[Mapping[Subject, frozenset[CheckName]]] = {
    Subject.DOCUMENT: frozenset(
        {
            CheckName.TRAILING_BYTES,
            CheckName.FILE_STRUCTURE,
            CheckName.FIELD_PICTURES,
            CheckName.REMOVED_SIGNATURE,
        }
    ),
    Subject.SIGNATURE: _OF_THE_BYTES
    | _CHAIN_CHECKS
    | {
        CheckName.SIGNATURE_FORM,
        CheckName.LEGACY_FORM,
        CheckName.SIGNING_TIME_ATTRIBUTE,
        CheckName.SIGNATURE_TIMESTAMP,
        CheckName.TIMESTAMP_ORDER,
        CheckName.CLAIMED_TIME,
        CheckName.LATER_CHANGES,
        CheckName.HIDDEN_CONTENT,
        CheckName.SECOND_OPINION,
        CheckName.SECOND_OPINION_GIVEN,
        CheckName.CERTIFICATION,
    },
    Subject.TIMESTAMP: _OF_THE_BYTES | _CHAIN_CHECKS | {CheckName.TIMESTAMP_ORDER},
}
#: What no policy may weaken.
ALWAYS_FAILING: Final = _OF_THE_BYTES | {CheckName.CHAIN}

DEFAULT_NAME: Final = "absah"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationPolicy:
    """A policy as it was accepted. `digest` (SHA-256 of the file) says exactly which one a report was made under."""

    name: str
    version: str
    digest: str
    clock_skew: timedelta
    levels: Mapping[Subject, Mapping[CheckName, CheckLevel]]

    def level(self, subject: Subject, name: CheckName, /) -> CheckLevel:
        """What a failure of this check weighs. Asking about a check of another subject is a KeyError."""
        return self.levels[subject][name]

    def weigh(self, subject: Subject, checks: Iterable[Check], /) -> tuple[Check, ...]:
        """The checks with their weight; those that the policy ignores are left out."""
        levels = self.levels[subject]
        weighed: list[Check] = []
        for check in checks:
            level = levels[check.name]
            if level is check.level:
                weighed.append(check)
            elif level is not CheckLevel.IGNORE:
                weighed.append(replace(check, level=level))
        return tuple(weighed)


class _Written(BaseModel):
    """What stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")
    version: str = Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")
    clock_skew_seconds: int = Field(ge=0, le=3600)
    document: dict[str, CheckLevel]
    signature: dict[str, CheckLevel]
    timestamp: dict[str, CheckLevel]


def parse_policy(text: str, /) -> ValidationPolicy:
    """Raises PolicyUnreadable, PolicyIncomplete, PolicyTooLax."""
    try:
        written = _Written.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise PolicyUnreadable(problem=str(problem)) from problem
    except ValidationError as problem:
        places = ", ".join(sorted({".".join(map(str, error["loc"])) for error in problem.errors()}))
        raise PolicyUnreadable(problem=places) from problem
    tables = {
        Subject.DOCUMENT: written.document,
        Subject.SIGNATURE: written.signature,
        Subject.TIMESTAMP: written.timestamp,
    }
    return ValidationPolicy(
        name=written.name,
        version=written.version,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        clock_skew=timedelta(seconds=written.clock_skew_seconds),
        levels={subject: _accept(subject, table) for subject, table in tables.items()},
    )


def _accept(subject: Subject, table: Mapping[str, CheckLevel]) -> Mapping[CheckName, CheckLevel]:
    asked = CHECKS_OF[subject]
    wrong = asked ^ set(table)
    if wrong:
        raise PolicyIncomplete(subject=subject, checks=", ".join(sorted(wrong)))
    for name in sorted(asked & ALWAYS_FAILING):
        if table[name] is not CheckLevel.FAIL:
            raise PolicyTooLax(subject=subject, check=name)
    return {name: table[name] for name in sorted(asked)}


@cache
def load_policy(name: str = DEFAULT_NAME, /) -> ValidationPolicy:
    """A policy of the catalogue. Raises PolicyUnknown."""
    folder = files("absah.validation") / "policies"
    page = next((page for page in folder.iterdir() if page.name == f"{name}.toml"), None)
    if page is None:
        raise PolicyUnknown(policy=name)
    return parse_policy(page.read_text(encoding="utf-8"))
