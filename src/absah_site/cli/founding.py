"""Founds a certification authority: root (offline), issuing CA, OCSP responder, TSA, their CRLs and the trust anchor.

The root's key is made, used twice (issuing CA, root CRL) and sealed under its own passphrase in `offline/`; every other
key is made in the signer process and never leaves it. For a root that others are to trust, hold a ceremony instead.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from absah.adapters.key_vault import ByService
from absah.adapters.offline_keys import create_offline_key, open_offline_key
from absah.adapters.signer.records import KeyKind
from absah.adapters.signer_client import SignerClient
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.cli.terminal import Terminal
from absah.kernel.clock import Clock, instant
from absah.kernel.rng import Rng, serial_number
from absah.pki.algorithms import KeyAlgorithm, SigningKey
from absah.pki.crl import CrlPlan, build_crl
from absah.pki.hierarchy import AuthorityWish, order_for_authority
from absah.pki.issuance import CertificateOrder, Endpoints, issue, prepare
from absah.pki.names import AuthorityName
from absah.pki.profiles import load_profile
from absah.signing.factors import Secret
from absah.signing.ports import CredentialId
from absah_site import composition
from absah_site.config import Config
from absah_site.pki.access import endpoints_for
from absah_site.pki.actions import publish_crls, publish_offline_crl, record_authority

ROOT = "root-ca"
ISSUING = "issuing-ca"
_ORGANISATION = "Absah (Uji Coba)"
_ROOT_CRL_LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Founding:
    """An instance in which an authority is being founded."""

    config: Config
    signer: SignerClient
    clock: Clock
    rng: Rng

    def order(self, profile_name: str, common_name: str, public_key: bytes, issuer: bytes | None) -> CertificateOrder:
        """An order for a certificate of our own services, by the root or by the issuing CA."""
        issued_by = ROOT if profile_name in {ROOT, ISSUING} else ISSUING
        wish = AuthorityWish(
            profile=profile_name,
            name=AuthorityName(common_name=common_name, organisation=_ORGANISATION),
            public_key=public_key,
            endpoints=Endpoints() if issuer is None else endpoints_for(load_profile(profile_name), issued_by),
        )
        return order_for_authority(wish, issuer=issuer, serial=serial_number(self.rng), now=self.clock.now())

    def publish(self, slug: str, certificate: bytes, /) -> None:
        """Put a CA certificate where its AIA address says."""
        (self.config.repository / "ca" / f"{slug}.cer").write_bytes(certificate)


def found_authority(folder: Path, /, *, root_passphrase: str, terminal: Terminal) -> None:
    """Make everything a certification authority needs, in an instance that has a database and no authority yet."""
    config = composition.config()
    try:
        founding = Founding(config, ensure_signer(folder), composition.clock(), composition.rng())
        terminal.say("founding.root")
        root, root_key = found_root(founding, Secret(root_passphrase))
        terminal.say("founding.issuing")
        issuing = found_issuing_ca(founding, root, root_key)
        publish_root_crl(founding, root, root_key)
        terminal.say("founding.services")
        for slug, profile, kind, name in (
            ("tsa", "tsa", KeyKind.TSA, "Absah TSA Uji"),
            ("ocsp", "ocsp-responder", KeyKind.OCSP, "Absah OCSP Uji"),
        ):
            found_service(founding, (issuing, root), slug=slug, profile=profile, kind=kind, name=name)
        publish_crls(now=founding.clock.now())
        (config.trust / f"{ROOT}.cer").write_bytes(root)
    finally:
        stop_signer(folder)


def found_root(founding: Founding, passphrase: Secret, /) -> tuple[bytes, SigningKey]:
    """The root: its key in `offline/`, its certificate signed by itself."""
    path = founding.config.data / "offline" / f"{ROOT}.key"
    public_key = create_offline_key(path, KeyAlgorithm.P384, passphrase)
    key = open_offline_key(path, passphrase)
    now = founding.clock.now()
    certificate = issue(prepare(founding.order(ROOT, "Absah Root CA Uji", public_key, None), now=now), key)
    record_authority(slug=ROOT, kind="root", certificate=certificate, credential="", now=now)
    founding.publish(ROOT, certificate)
    return certificate, key


def found_issuing_ca(founding: Founding, root: bytes, root_key: SigningKey, /) -> bytes:
    """The CA that issues to subscribers: key in the signer, certificate signed by the root."""
    credential = CredentialId(ISSUING)
    public_key = founding.signer.create_key(
        credential, kind=KeyKind.AUTHORITY, algorithm=KeyAlgorithm.P256, protection=ByService()
    )
    now = founding.clock.now()
    order = founding.order(ISSUING, founding.config.issuer_name, public_key, root)
    certificate = issue(prepare(order, now=now), root_key)
    founding.signer.attach_certificate(credential, certificate, (root,))
    record_authority(slug=ISSUING, kind="issuing", certificate=certificate, credential=ISSUING, now=now)
    founding.publish(ISSUING, certificate)
    return certificate


def publish_root_crl(founding: Founding, root: bytes, root_key: SigningKey, /) -> None:
    """The root's CRL lasts a year: its key is taken out for it once a year, or when an issuing CA must be revoked."""
    now = founding.clock.now()
    plan = CrlPlan(issuer_der=root, number=1, this_update=now, next_update=instant(now + _ROOT_CRL_LIFE), entries=())
    publish_offline_crl(build_crl(plan, root_key), issuer=ROOT, now=now)


def found_service(
    founding: Founding, issuers: tuple[bytes, bytes], /, *, slug: str, profile: str, kind: KeyKind, name: str
) -> None:
    """A service of our own: key in the signer, certificate by the issuing CA."""
    credential = CredentialId(slug)
    public_key = founding.signer.create_key(credential, kind=kind, algorithm=KeyAlgorithm.P256, protection=ByService())
    order = founding.order(profile, name, public_key, issuers[0])
    certificate = founding.signer.issue_certificate(CredentialId(ISSUING), order)
    founding.signer.attach_certificate(credential, certificate, issuers)
    record_authority(slug=slug, kind=kind.value, certificate=certificate, credential=slug, now=founding.clock.now())
