"""Authorities whose certificate comes from outside this instance: from a ceremony, an outside root, an earlier life.

The key is in the signer already. What the root signed is checked, given to the key, entered in the register with its
root, and published, in that order; each step is done once, so that whoever was interrupted does it again to the end.
"""

from pathlib import Path

from django.db import transaction

from absah.adapters.files import replace_file
from absah.kernel.errors import WrongState
from absah.pki.hierarchy import check_authority
from absah.pki.names import AuthorityName
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.pki import access, store
from absah_site.pki.actions.authorities import record_authority
from absah_site.pki.actions.publishing import publish_crls
from absah_site.pki.store import AuthorityKind, RegisteredAuthority
from absah_site.roles import Permission


class AuthorityExists(WrongState):
    """There is an authority of this name already, with another certificate. Parameter: authority."""

    code = "register.authority-exists"


def found_by_certificate(
    slug: str, certificate: bytes, root: bytes, public_key: bytes, /, *, by: Actor
) -> tuple[RegisteredAuthority, RegisteredAuthority]:
    """Let a key that waits in the signer be the issuing CA `slug` from now on, under a root. The CA, and the root.

    The newest issuing CA is the one that issues: those before go on with their lists and their status. Raises
    AuthorityExists, NameUnreadable and the errors of `check_authority`.
    """
    authorise(by, Permission.AUTHORITY_MANAGE)
    now = composition.clock().now()
    checked = check_authority(certificate, (root,), public_key=public_key, now=now)
    AuthorityName.from_x509(checked.subject)  # under another kind of name nothing would pass the lint
    known = store.find_authority(slug)
    if known is not None and known.certificate != certificate:
        raise AuthorityExists(authority=slug)
    composition.signer().attach_certificate(CredentialId(slug), certificate, (root,))
    with transaction.atomic():
        above = _root_of(root, by=by)
        entered = known or record_authority(
            slug=slug, kind=AuthorityKind.ISSUING.value, certificate=certificate, credential=slug, now=now, by=by
        )
    folder = composition.config().repository / "ca"
    _publish(folder, above)
    _publish(folder, entered)
    publish_crls(now, by=by)
    return entered, above


def _root_of(root: bytes, *, by: Actor) -> RegisteredAuthority:
    """The root as it is registered; entered under a name made of its fingerprint where it is not."""
    fingerprint = access.fingerprint_of(root)
    known = store.find_authority_by_fingerprint(fingerprint)
    return known or record_authority(
        slug=f"root-{fingerprint[:8]}",
        kind=AuthorityKind.ROOT.value,
        certificate=root,
        credential="",
        now=composition.clock().now(),
        by=by,
    )


def _publish(folder: Path, authority: RegisteredAuthority) -> None:
    """Where the AIA of what it issues says."""
    replace_file(folder / f"{authority.slug}.cer", authority.certificate)
