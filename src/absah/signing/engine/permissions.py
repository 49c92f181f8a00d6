"""What earlier signatures still allow: the certification's /P, and the fields that signatures have locked.

A signature that breaks an earlier one must not come into being, whoever asks (ISO 32000-1 §12.8.2.2, §12.8.2.4).
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from absah.kernel.errors import RuleBroken
from absah.kernel.refs import Citation, Norm
from absah.pdf.intake import Certification
from absah.pdf.reader.syntax import Entries, Raw, as_integer, as_text
from absah.pdf.refusals import CertifiedNoChanges
from absah.pdf.writer.amendment import Amendment
from absah.signing.engine.fields import Form
from absah.signing.engine.reasons import Declined, Reason
from absah.signing.ports import SignatureField, VisibleWidget
from absah.signing.refusals import CertificationNotFirst, CertifiedWithoutPlace

_LEVELS: Final = {level.value: level for level in Certification}


class FieldLocked(RuleBroken):
    """An earlier signature locks this field: filling it would break that signature."""

    code: ClassVar[str] = "engine.field-locked"
    citation: ClassVar[Citation | None] = Citation(norm=Norm.ISO_32000_1, clause="12.8.2.4")


def certification(amendment: Amendment) -> Certification | None:
    """What the certifying signature allows, if there is one. Raises Declined where that cannot be told."""
    raw = amendment.catalog.get(b"Perms")
    permissions = amendment.entries(raw) if raw is not None else None
    if permissions is None or b"DocMDP" not in permissions:
        return None
    for parameters in _transforms(amendment, permissions[b"DocMDP"], b"/DocMDP"):
        # Table 254: "Default value: 2".
        level = _LEVELS.get(as_integer(amendment.document.written(parameters.get(b"P", b"2"))) or 0)
        if level is not None:
            return level
    raise Declined(reason=Reason.PERMISSIONS)


def check_permitted(amendment: Amendment, form: Form, wish: SignatureField, *, existing: bool) -> None:
    """Refuse a wish that an earlier signature forbids. `existing`: the field is there already.

    Raises `pdf.certified-no-changes`, `signing.certified-without-place`, `signing.certification-not-first`,
    `engine.field-locked`, Declined.
    """
    allowed = certification(amendment)
    if allowed is Certification.NO_CHANGES:
        raise CertifiedNoChanges
    shown = isinstance(wish.widget, VisibleWidget) and not existing
    if allowed is Certification.FORM_FILLING and (shown or wish.later):
        raise CertifiedWithoutPlace
    if not (wish.certify or existing):
        return
    for value in form.values():
        if wish.certify:
            raise CertificationNotFirst
        for parameters in _transforms(amendment, value, b"/FieldMDP"):
            if _locks(amendment, parameters, wish.name or ""):
                raise FieldLocked(field=wish.name or "")


def _transforms(amendment: Amendment, signature: Raw, method: bytes) -> Iterator[Entries]:
    """The parameters of a signature's transforms of one method (Table 253)."""
    document = amendment.document
    entries = document.dictionary(signature) or {}
    for item in document.array(entries.get(b"Reference")) or []:
        transform = document.dictionary(item) or {}
        if document.written(transform.get(b"TransformMethod")) == method:
            yield document.dictionary(transform.get(b"TransformParams")) or {}


def _locks(amendment: Amendment, parameters: Entries, name: str) -> bool:
    """Whether these parameters lock a field (Table 256); a name stands for all fields below it too."""
    document = amendment.document
    action = document.written(parameters.get(b"Action"))
    names = [as_text(document.written(item)) or "" for item in document.array(parameters.get(b"Fields")) or []]
    among = any(name == listed or name.startswith(f"{listed}.") for listed in names)
    return action == b"/All" or (action == b"/Include" and among) or (action == b"/Exclude" and not among)
