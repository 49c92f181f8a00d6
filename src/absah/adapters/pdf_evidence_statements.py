"""What a signature dictionary says about itself, and where its field is seen."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pikepdf

from absah.adapters.pdf_evidence_fields import Field
from absah.kernel.clock import Instant, instant
from absah.validation.evidence import FieldLock, LockAction, SignaturePlace, Statements

_MOST_BESIDE = 16
_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?'?.*", re.DOTALL)


def read_statements(value: Any) -> Statements:
    """Time, name, reason, location: covered by the signature, proven by nobody."""
    return Statements(
        time=read_date(_text(value, "/M")),
        name=_text(value, "/Name"),
        reason=_text(value, "/Reason"),
        location=_text(value, "/Location"),
    )


def _text(value: Any, key: str) -> str:
    found = value.get(key)
    if not isinstance(found, pikepdf.String):
        return ""
    return "".join(letter for letter in str(found)[:500] if letter.isprintable())


def read_date(written: str) -> Instant | None:
    """A PDF date (ISO 32000-2 §7.9.4), or None where it is none. Without a zone it is taken as UTC."""
    found = _DATE.fullmatch(written)
    if not found:
        return None
    year, month, day, hour, minute, second = (
        int(part or default) for part, default in zip(found.groups()[:6], (0, 1, 1, 0, 0, 0), strict=True)
    )
    offset = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0)) if found[8] else timedelta(0)
    try:
        zone = timezone(-offset if found[8] == "-" else offset) if found[8] else UTC
        return instant(datetime(year, month, day, hour, minute, second, tzinfo=zone))
    except (ValueError, OverflowError):
        return None


def read_certification(value: Any) -> int | None:
    """P of the DocMDP transform (ISO 32000-2 Table 257; 2 where it is not said)."""
    references = value.get("/Reference")
    if not isinstance(references, pikepdf.Array):
        return None
    for reference in references:
        if isinstance(reference, pikepdf.Dictionary) and str(reference.get("/TransformMethod", "")) == "/DocMDP":
            parameters = reference.get("/TransformParams")
            permission = parameters.get("/P", 2) if isinstance(parameters, pikepdf.Dictionary) else 2
            return permission if isinstance(permission, int) and permission in {1, 2, 3} else 1
    return None


def read_beside(value: Any) -> tuple[bytes, ...]:
    """/Cert: the certificates beside a bare RSA signature (ISO 32000-2 Table 255), the signer's first."""
    found = value.get("/Cert")
    listed = [found] if isinstance(found, pikepdf.String) else list(found) if isinstance(found, pikepdf.Array) else []
    return tuple(bytes(one) for one in listed[:_MOST_BESIDE] if isinstance(one, pikepdf.String))


def read_locks(value: Any, field: Field | None) -> tuple[FieldLock, ...]:
    """The fields that the signature locks: by its FieldMDP transform, and by the lock of its field."""
    references = value.get("/Reference")
    found = [_transform(one) for one in references] if isinstance(references, pikepdf.Array) else []
    found.append(None if field is None else field.node.get("/Lock"))
    return tuple(lock for one in found if (lock := _lock(one)) is not None)


def _transform(reference: Any) -> Any:
    if isinstance(reference, pikepdf.Dictionary) and str(reference.get("/TransformMethod", "")) == "/FieldMDP":
        return reference.get("/TransformParams")
    return None


def _lock(parameters: Any) -> FieldLock | None:
    if not isinstance(parameters, pikepdf.Dictionary):
        return None
    action = str(parameters.get("/Action", "")).lstrip("/")
    if action not in set(LockAction):
        return FieldLock(action=LockAction.ALL)
    named = parameters.get("/Fields")
    names = (
        [str(name) for name in named if isinstance(name, pikepdf.String)] if isinstance(named, pikepdf.Array) else []
    )
    return FieldLock(action=LockAction(action), fields=frozenset(names))


def read_place(field: Field) -> SignaturePlace | None:
    """Where it is seen; None for an invisible one."""
    box = field.widgets[0].get("/Rect")
    if not field.page or not isinstance(box, pikepdf.Array) or len(box) != 4:
        return None
    left, bottom, right, top = (float(edge) for edge in box)
    if left == right or bottom == top:
        return None
    rect = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    return SignaturePlace(page=field.page, rect=rect)
