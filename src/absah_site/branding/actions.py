"""The only writers of logos: put one there, take it away. Each leaves a row in the ledger."""

from typing import Final

from django.db import transaction

from absah.adapters.logo_pictures import clean_logo
from absah.audit.tags import BrandingTag
from absah.pki.algorithms import DigestAlgorithm
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Account
from absah_site.audit.actions import record
from absah_site.branding.access import LogoMissing, Place, file_of
from absah_site.roles import Permission

_MODE: Final = 0o644


def put_logo(place: Place, picture: bytes, /, *, by: Account) -> None:
    """Put a logo there, in place of the one before. Raises LogoUnreadable, LogoTooLarge."""
    authorise(by, Permission.BRANDING_CHANGE)
    clean = clean_logo(composition.isolated(), picture)
    file = file_of(place)
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    beside = file.with_suffix(".part")
    with transaction.atomic():
        _record(BrandingTag.LOGO_PUT, place, by, DigestAlgorithm.SHA256.digest(clean).hex())
        beside.write_bytes(clean)
        beside.chmod(_MODE)
        beside.replace(file)


def remove_logo(place: Place, /, *, by: Account) -> None:
    """Leave the place empty. Raises LogoMissing."""
    authorise(by, Permission.BRANDING_CHANGE)
    with transaction.atomic():
        _record(BrandingTag.LOGO_REMOVED, place, by, "")
        try:
            file_of(place).unlink()
        except FileNotFoundError:
            raise LogoMissing from None


def _record(tag: BrandingTag, place: Place, by: Account, sha256: str) -> None:
    facts = {"sha256": sha256} if sha256 else {}
    record(at=composition.clock().now(), tag=tag, actor=by.reference, subject=f"logo:{place.value}", facts=facts)
