"""What the author of a signature field demands of its signature, and what earlier signatures have locked.

Nobody signs against a demand: what is not met, or cannot be told here, is refused before a key is used
(ISO 32000-1 §12.7.4.5, Tables 232 to 235; ISO 32000-2 Table 237 for the later entries).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import SigMDPSetup

from absah.adapters.pyhanko_objects import entry
from absah.signing.engine.permissions import FieldLocked
from absah.signing.ports import SignatureField
from absah.signing.refusals import SeedValuesUnmet

_Dictionary: TypeAlias = Mapping[str, Any]
_Demand: TypeAlias = Callable[[_Dictionary, SignatureField], bool]
_NEWEST_SEEDS: Final = 3  # /V of ISO 32000-2


def _reason_is_one_of_theirs(seeds: _Dictionary, wish: SignatureField) -> bool:
    """Table 234: no reasons, or a single period, mean that none shall be given."""
    reasons = [str(reason.get_object()) for reason in entry(seeds, "/Reasons", ())]
    return wish.reason is None if reasons in ([], ["."]) else wish.reason in reasons


def _digest_is_one_of_theirs(seeds: _Dictionary, wish: SignatureField) -> bool:
    return wish.digest.value in {str(name).lower() for name in entry(seeds, "/DigestMethod", ())}


# In the order of the bits of /Ff: the entry, and whether we meet it.
_DEMANDS: Final[tuple[tuple[str, _Demand], ...]] = (
    ("/Filter", lambda seeds, _: entry(seeds, "/Filter", "/Adobe.PPKLite") == "/Adobe.PPKLite"),
    ("/SubFilter", lambda seeds, _: "/ETSI.CAdES.detached" in entry(seeds, "/SubFilter", ())),
    ("/V", lambda seeds, _: entry(seeds, "/V", 1) <= _NEWEST_SEEDS),
    ("/Reasons", _reason_is_one_of_theirs),
    ("/LegalAttestation", lambda *_: False),
    ("/AddRevInfo", lambda seeds, _: not entry(seeds, "/AddRevInfo", None)),  # within the CMS, which PAdES forbids
    ("/DigestMethod", _digest_is_one_of_theirs),
    ("/LockDocument", lambda seeds, _: entry(seeds, "/LockDocument", "/auto") != "/true"),
    ("/AppearanceFilter", lambda *_: False),
)


def check_demands(document: PdfHandler, wish: SignatureField, /) -> None:
    """Refuse to fill a field against its author's will, or one that is locked. A field yet to be made passes.

    Raises `signing.seed-values-unmet`, `engine.field-locked`.
    """
    if wish.name is None:
        return
    for _, _, reference in enumerate_sig_fields(document, with_name=wish.name):
        _check_unlocked(document, wish.name)
        seeds = entry(reference.get_object(), "/SV", None)
        unmet = _unmet(seeds, wish) if seeds is not None else None
        if unmet is not None:
            raise SeedValuesUnmet(field=wish.name, demand=unmet.removeprefix("/"))


def _unmet(seeds: _Dictionary, wish: SignatureField) -> str | None:
    """The first entry that is demanded and not met."""
    demanded = int(entry(seeds, "/Ff", 0))
    for bit, (key, is_met) in enumerate(_DEMANDS):
        if demanded >> bit & 1 and not is_met(seeds, wish):
            return key
    if demanded >> len(_DEMANDS):
        return "/Ff"
    for key in ("/Cert", "/TimeStamp"):  # who signs, and who stamps, is not known here
        if int(entry(entry(seeds, key, {}), "/Ff", 0)):
            return key
    wanted = entry(seeds, "/MDP", None)
    given = wish.permissions.value if wish.certify else 0
    return "/MDP" if wanted is not None and int(entry(wanted, "/P", 0)) != given else None


def _check_unlocked(document: PdfHandler, name: str) -> None:
    for _, value, _ in enumerate_sig_fields(document, filled_status=True):
        for item in entry(value.get_object(), "/Reference", ()):
            transform = item.get_object()
            if entry(transform, "/TransformMethod", None) != "/FieldMDP":
                continue
            if FieldMDPSpec.from_pdf_object(entry(transform, "/TransformParams", {})).is_locked(name):
                raise FieldLocked(field=name)


def locking(field: _Dictionary, /, *, digest: str, certified: MDPPerm | None) -> SigMDPSetup | None:
    """What a signature in this field says of later changes: as certification, and as its field's /Lock wants it.

    Permissions in a lock (ISO 32000-2 Table 236, /P) are an approval's; a certification has its own.
    """
    lock = entry(field, "/Lock", None)
    if lock is None and certified is None:
        return None
    permissions = certified
    if lock is not None and permissions is None and "/P" in lock:
        permissions = MDPPerm(int(entry(lock, "/P", 0)))
    return SigMDPSetup(
        md_algorithm=digest,
        certify=certified is not None,
        field_lock=None if lock is None else FieldMDPSpec.from_pdf_object(lock),
        docmdp_perms=permissions,
    )
