"""A sample of what a profile makes, under a throw-away authority: read by judges before the profile is accepted."""

from datetime import timedelta
from typing import Final

from absah.adapters.key_vault import generate_software_key
from absah.kernel.clock import Instant
from absah.kernel.rng import Rng, serial_number
from absah.pki.algorithms import KeyAlgorithm, public_key_of
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.hierarchy import AuthorityWish, order_for_authority
from absah.pki.issuance import CertificateOrder, Endpoints, issue, prepare
from absah.pki.lint import subject_kind_of
from absah.pki.names import AuthorityName, IndividualName, MachineName, SealName, ServerName, SubjectName
from absah.pki.profiles import Endpoint, Profile, Purpose, load_profile

_BASE: Final = "http://sample.absah.example"
_AUTHORITY: Final = AuthorityName(common_name="Contoh UJI COBA", organisation="Absah")
#: Nobody's names: every sample of a kind bears the same.
_SUBJECTS: Final[dict[type[SubjectName], SubjectName]] = {
    AuthorityName: AuthorityName(common_name="Contoh Layanan UJI COBA", organisation="Absah"),
    IndividualName: IndividualName(
        common_name="Siti Contoh",
        given_name="Siti",
        surname="Contoh",
        subscriber_number="A7K2M9QX",
        units=(),
        organisation="Pemerintah Kota Contoh",
        locality="Kota Contoh",
        province="Provinsi Contoh",
    ),
    SealName: SealName(
        common_name="Pemerintah Kota Contoh",
        units=(),
        organisation="Pemerintah Kota Contoh",
        organisation_identifier="NTRID-0009999",
        locality="Kota Contoh",
        province="Provinsi Contoh",
    ),
    ServerName: ServerName(organisation="Pemerintah Kota Contoh", locality="Kota Contoh", province="Provinsi Contoh"),
    MachineName: MachineName(
        common_name="gerbang-contoh",
        units=(),
        organisation="Pemerintah Kota Contoh",
        locality="Kota Contoh",
        province="Provinsi Contoh",
    ),
}


def sample_of(name: str, now: Instant, rng: Rng, /) -> tuple[bytes, Profile]:
    """A certificate of the profile, and the profile. Raises ProfileUnknown and the rules' own errors."""
    profile = load_profile(name)
    key = generate_software_key(KeyAlgorithm.P256)
    root_key = generate_software_key(KeyAlgorithm.P256)
    wish = AuthorityWish(profile="root-ca", name=_AUTHORITY, public_key=public_key_of(root_key))
    root = issue(prepare(order_for_authority(wish, issuer=None, serial=serial_number(rng), now=now), now=now), root_key)
    if profile.purpose is Purpose.ROOT_CA:
        return root, profile
    until = validity_of(load_certificate(root))[1]
    order = CertificateOrder(
        profile=profile,
        subject=_SUBJECTS[subject_kind_of(profile.purpose)],
        public_key=public_key_of(key),
        serial=serial_number(rng),
        validity=profile.validity_at(now, lasting=min(profile.max_validity, timedelta(days=365)), until=until),
        issuer=root,
        endpoints=_endpoints(profile),
        dns_names=("contoh.absah.example",) if profile.purpose.names_servers else (),
    )
    return issue(prepare(order, now=now), root_key), profile


def _endpoints(profile: Profile) -> Endpoints:
    allowed = profile.endpoints_allowed
    return Endpoints(
        crl_url=f"{_BASE}/ca.crl" if Endpoint.CRL in allowed else None,
        ocsp_url=f"{_BASE}/ocsp" if Endpoint.OCSP in allowed else None,
        ca_issuers_url=f"{_BASE}/ca.cer" if Endpoint.CA_ISSUERS in allowed else None,
    )
