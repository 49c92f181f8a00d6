"""Where a certificate and its status are found: shards, files, addresses, the lists that are published."""

from absah.pki.issuance import Endpoints
from absah.pki.profiles import Endpoint, Profile
from absah_site import composition
from absah_site.pki import store
from absah_site.pki.access.authorities import authority
from absah_site.pki.access.certificates import serial_text
from absah_site.pki.store import (
    AuthorityKind,
    CurrentList,
    RegisteredAuthority,
)


def shard_of(issuer: RegisteredAuthority, serial: int, /) -> int:
    """Which of its issuer's CRLs will speak about a new certificate: 1 to `shards`, by the low bits of the serial.

    0 where there is one list for all. What is said here once stays true: the certificate names the list.
    """
    return serial % issuer.shards + 1 if issuer.shards else 0


def shard_of_issued(issuer: RegisteredAuthority, serial: int, /) -> int:
    """Which list speaks about a certificate that was issued, as the register has it."""
    found = store.find_certificate(serial_text(serial), issuer=issuer.slug)
    return 0 if found is None else found.shard


def list_name(issuer_slug: str, shard: int, /) -> str:
    """The file of a CRL in the repository.

    A full stop before the shard, as no short name has one: `ca-2`, another authority, is never the shard 2 of `ca`.
    """
    return f"{issuer_slug}.{shard}.crl" if shard else f"{issuer_slug}.crl"


def repository_address() -> str:
    """Where the world finds what we publish: plain http whatever the pages use (RFC 5280 §8)."""
    return composition.config().base_url.replace("https://", "http://", 1)


def endpoints_for(profile: Profile, issuer_slug: str, /) -> Endpoints:
    """What a certificate points to: the addresses of its issuer that the profile allows."""
    return endpoints_under(profile, authority(issuer_slug))


def endpoints_under(profile: Profile, issuer: RegisteredAuthority, /, *, shard: int = 0) -> Endpoints:
    """The same, where the certificate's CRL may be a partition.

    They are plain http whatever the pages use (RFC 5280 §8: fetching must not need validating). A root has no OCSP.
    """
    base = repository_address()
    has_ocsp = issuer.kind is not AuthorityKind.ROOT
    allowed = profile.endpoints_allowed
    return Endpoints(
        crl_url=f"{base}/repo/crl/{list_name(issuer.slug, shard)}" if Endpoint.CRL in allowed else None,
        ocsp_url=f"{base}/ocsp" if Endpoint.OCSP in allowed and has_ocsp else None,
        ca_issuers_url=f"{base}/repo/ca/{issuer.slug}.cer" if Endpoint.CA_ISSUERS in allowed else None,
    )


def published_crl(issuer_slug: str, /, shard: int = 0) -> tuple[bytes, ...]:
    """The published CRL of an authority, or of a partition: one, or none."""
    file = composition.config().repository / "crl" / list_name(issuer_slug, shard)
    return (file.read_bytes(),) if file.is_file() else ()


def current_lists() -> tuple[CurrentList, ...]:
    """The newest published CRL of each authority and shard."""
    return store.current_lists()


def published_numbers() -> dict[str, int]:
    """The highest number that each authority has given to a CRL."""
    return store.highest_crl_numbers()
