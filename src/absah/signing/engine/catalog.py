"""What a signature changes in the catalog besides the form: permissions and the declared extension."""

from typing import Final

from absah.pdf.intake import Certification
from absah.pdf.reader.syntax import Raw, Reference
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.written import written_array, written_dictionary
from absah.signing.engine.fields import change
from absah.signing.engine.reasons import Declined, Reason

# EN 319 142-1 §5.1: the CAdES-based values and the DSS are an extension of PDF 1.7, which PDF 2.0 takes in.
_ESIC: Final = b"<</BaseVersion/1.7/ExtensionLevel 1>>"
_ONLY_ESIC: Final = written_dictionary({b"ESIC": _ESIC})
_PDF_2: Final = (2, 0)


def declare_extension(amendment: Amendment) -> None:
    """Put ETSI's extension into the catalog, unless it is there or the document is PDF 2.0."""
    document = amendment.document
    catalog = amendment.catalog
    if document.version >= _PDF_2 or catalog.get(b"Version", b"").startswith(b"/2."):
        return
    extensions = catalog.get(b"Extensions")
    if extensions is None:
        amendment.put(amendment.root, b"Extensions", _ONLY_ESIC)
    elif b"ESIC" not in (amendment.entries(extensions) or {}):
        change(amendment, amendment.root, b"Extensions", {b"ESIC": _ESIC})


def certify(amendment: Amendment, signature: Reference, allowed: Certification) -> Raw:
    """Name the signature in the catalog as the certifying one. Returns the item for its /Reference (§12.8.2.2)."""
    change(amendment, amendment.document.root, b"Perms", {b"DocMDP": signature.written})
    return (
        b"<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P %d/V/1.2>>>>" % allowed.value
    )


def lock(amendment: Amendment, field: Reference) -> list[Raw]:
    """The item for /Reference, if any, that locks what the field's author wants locked (Table 233; §12.8.2.4)."""
    wanted = amendment.entries((amendment.entries_of(field) or {}).get(b"Lock"))
    if wanted is None:
        return []
    if b"P" in wanted:
        raise Declined(reason=Reason.LOCK_WITH_PERMISSIONS)
    action = amendment.document.written(wanted.get(b"Action"))
    fields = amendment.items(wanted.get(b"Fields"))
    if action not in {b"/All", b"/Include", b"/Exclude"} or (fields is None and action != b"/All"):
        raise Declined(reason=Reason.LOCK_WITH_PERMISSIONS)
    named = b"/Fields" + written_array(fields) if fields is not None else b""
    parameters = b"<</Type/TransformParams/V/1.2/Action%s%s>>" % (action, named)
    root = amendment.document.root.written
    return [b"<</Type/SigRef/TransformMethod/FieldMDP/Data %s/TransformParams%s>>" % (root, parameters)]
