"""The document security store: certificates and revocation data for later (ISO 32000-2 §12.8.4.3)."""

from typing import Final

from absah.pdf.reader.document import LazyDocument
from absah.pdf.reader.streams import MOST_ENCODED, decoded
from absah.pdf.reader.syntax import Entries, Raw, as_reference
from absah.pdf.writer.amendment import Amendment
from absah.pdf.writer.written import written_array, written_dictionary
from absah.signing.engine.fields import change
from absah.signing.engine.reasons import Declined, Reason
from absah.signing.material import ValidationMaterial

_KEY: Final = b"DSS"


def add_material(amendment: Amendment, material: ValidationMaterial) -> bool:
    """Merge into the one store of the document; what is there stays. Whether anything was new. Raises Declined."""
    document = amendment.document
    raw = amendment.catalog.get(_KEY)
    store = amendment.entries(raw)
    if store is None and document.resolved(raw) is not None:
        raise Declined(reason=Reason.SECURITY_STORE)
    new: Entries = {}
    for key, ders in ((b"Certs", material.certificates), (b"CRLs", material.crls), (b"OCSPs", material.ocsps)):
        present = _present(amendment, store, key)
        known = {_content(document, item) for item in present} if ders else set()
        missing = [der for der in dict.fromkeys(ders) if der not in known]
        if missing:
            new[key] = written_array([*present, *(amendment.add_stream(b"", der).written for der in missing)])
    if not new:
        return False
    if store is None:
        made = amendment.add(written_dictionary({b"Type": b"/DSS", **new}))
        amendment.put(document.root, _KEY, made.written)
    else:
        change(amendment, document.root, _KEY, new)
    return True


def _present(amendment: Amendment, store: Entries | None, key: bytes) -> list[Raw]:
    raw = store.get(key) if store is not None else None
    items = amendment.items(raw)
    if items is None and amendment.document.resolved(raw) is not None:
        raise Declined(reason=Reason.SECURITY_STORE)
    return items or []


def _content(document: LazyDocument, item: Raw) -> bytes:
    reference = as_reference(item)
    found = document.object(reference) if reference is not None else None
    if found is None or found.entries is None or found.stream is None:
        raise Declined(reason=Reason.SECURITY_STORE)
    return decoded(found.entries, document.stream_data(found), most=MOST_ENCODED)
