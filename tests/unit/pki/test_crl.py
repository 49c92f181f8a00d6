from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fixtures_pki import ISSUING_NAME, NOW, Pki, new_key

from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki import crl as module
from absah.pki import der
from absah.pki.algorithms import SignatureInvalid
from absah.pki.crl import (
    CrlIssuerRefused,
    CrlPlan,
    CrlPlanRefused,
    CrlScope,
    CrlUnreadable,
    CrlUnsupported,
    RevokedEntry,
    build_crl,
    parse_crl,
)
from absah.pki.revocation import Good, RevocationReason, Revoked

NEXT = instant(NOW + timedelta(days=7))
EARLIER = instant(NOW - timedelta(days=3))


def entry(serial: int, reason: RevocationReason = RevocationReason.UNSPECIFIED) -> RevokedEntry:
    return RevokedEntry(serial=Serial(serial), at=EARLIER, reason=reason)


def plan(pki: Pki, *entries: RevokedEntry, **changes) -> CrlPlan:
    usual = CrlPlan(issuer_der=pki.issuing.certificate, number=7, this_update=NOW, next_update=NEXT, entries=entries)
    return replace(usual, **changes)


def test_a_list_says_who_when_and_which(pki: Pki) -> None:
    reasons = [reason for reason in RevocationReason if reason is not RevocationReason.REMOVE_FROM_CRL]
    entries = tuple(entry(1000 + reason, reason) for reason in reasons)
    encoded = build_crl(plan(pki, *entries), pki.issuing.key)

    found = parse_crl(encoded)

    assert tuple(found) == entries
    assert (len(found), found.number, found.this_update, found.next_update) == (len(entries), 7, NOW, NEXT)
    assert found.issuer == ISSUING_NAME.to_x509().public_bytes()
    assert found.encoded == encoded
    certificate = x509.load_der_x509_certificate(pki.issuing.certificate)
    key_identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert found.issuer_key_identifier == key_identifier


def test_a_certificate_on_the_list_is_revoked_and_any_other_is_good(pki: Pki) -> None:
    found = parse_crl(build_crl(plan(pki, entry(5, RevocationReason.KEY_COMPROMISE)), pki.issuing.key))
    assert found.status_of(Serial(5)) == Revoked(at=EARLIER, reason=RevocationReason.KEY_COMPROMISE)
    assert found.status_of(Serial(6)) == Good()


def test_an_empty_list_has_no_list_of_entries(pki: Pki) -> None:
    encoded = build_crl(plan(pki), pki.issuing.key)
    assert list(parse_crl(encoded)) == []
    assert [e.tag for e in der.Reader(parse_crl(encoded).tbs, "x").read().reader()].count(der.SEQUENCE) == 2


def test_the_signature_is_the_issuers(pki: Pki) -> None:
    found = parse_crl(build_crl(plan(pki), pki.issuing.key))
    found.verify(pki.issuing.public_key)
    with pytest.raises(SignatureInvalid):
        found.verify(pki.root.public_key)


def test_a_list_may_name_its_own_address(pki: Pki) -> None:
    url = "http://pki.absah.example/repo/crl/ca.crl"
    assert parse_crl(build_crl(plan(pki, distribution_point=url), pki.issuing.key)).distribution_points == (url,)
    assert parse_crl(build_crl(plan(pki), pki.issuing.key)).distribution_points == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"number": -1}, "number"),
        ({"number": 1 << 159}, "number"),
        ({"next_update": NOW}, "dates"),
        ({"entries": (entry(1), entry(1))}, "serial-twice"),
        ({"this_update": instant(EARLIER - timedelta(days=1)), "entries": (entry(1),)}, "revoked-later"),
        ({"entries": (entry(1, RevocationReason.REMOVE_FROM_CRL),)}, "reason"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(pki: Pki, changes, problem: str) -> None:
    with pytest.raises(CrlPlanRefused) as caught:
        plan(pki, **changes)
    assert caught.value.parameters == {"problem": problem}


def test_only_a_ca_signs_lists_and_with_its_own_key(pki: Pki) -> None:
    for issuer, key, problem in (("person", "person", "key-usage"), ("issuing", "root", "key")):
        with pytest.raises(CrlIssuerRefused) as caught:
            build_crl(plan(pki, issuer_der=getattr(pki, issuer).certificate), getattr(pki, key).key)
        assert caught.value.parameters == {"problem": problem}


def test_a_certificate_without_key_usage_signs_no_list(pki: Pki) -> None:
    key, name = new_key(), ISSUING_NAME.to_x509()
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1 << 70, NOW, NEXT)
    bare = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    with pytest.raises(CrlIssuerRefused, match="not-a-ca"):
        build_crl(plan(pki, issuer_der=bare), key)


KEY = new_key()


def foreign(*extensions: tuple[x509.ExtensionType, bool], revoked: x509.RevokedCertificate | None = None) -> bytes:
    """A list of somebody else, by the library's builder."""
    builder = x509.CertificateRevocationListBuilder(ISSUING_NAME.to_x509(), NOW, NEXT)
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    if revoked is not None:
        builder = builder.add_revoked_certificate(revoked)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def point(**changes) -> x509.IssuingDistributionPoint:
    usual = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**(usual | changes))


@pytest.mark.parametrize(
    "extension",
    [
        (x509.DeltaCRLIndicator(3), True),
        (point(indirect_crl=True), True),
        (point(only_contains_attribute_certs=True), True),
        (point(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})), True),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True),
    ],
)
def test_a_list_that_is_no_full_list_is_refused(extension) -> None:
    with pytest.raises(CrlUnsupported):
        parse_crl(foreign(extension))


def test_what_is_not_critical_is_passed_over() -> None:
    unknown = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), False)
    users = (point(only_contains_user_certs=True), True)
    found = parse_crl(foreign(unknown, users))
    assert (found.number, found.issuer_key_identifier, found.distribution_points) == (None, None, ())


def test_other_names_than_addresses_are_passed_over() -> None:
    names = [x509.DirectoryName(ISSUING_NAME.to_x509()), x509.UniformResourceIdentifier("http://x.example/c")]
    assert parse_crl(foreign((point(full_name=names), True))).distribution_points == ("http://x.example/c",)


def line(*extensions: tuple[x509.ExtensionType, bool]) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder(9, EARLIER)
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    return builder.build()


def test_a_line_may_say_more_than_we_need() -> None:
    more = line(
        (x509.InvalidityDate(EARLIER.replace(tzinfo=None)), True), (x509.CRLReason(x509.ReasonFlags.superseded), True)
    )
    assert parse_crl(foreign(revoked=more)).find(Serial(9)) == entry(9, RevocationReason.SUPERSEDED)


def test_a_line_about_another_issuer_is_refused() -> None:
    indirect = line((x509.CertificateIssuer([x509.DirectoryName(ISSUING_NAME.to_x509())]), True))
    with pytest.raises(CrlUnsupported):
        parse_crl(foreign(revoked=indirect)).find(Serial(9))


def test_a_broken_line_is_refused_when_it_is_read() -> None:
    encoded = foreign(revoked=line((x509.CRLReason(x509.ReasonFlags.superseded), False)))
    reason = bytes.fromhex("0603551d1504030a0104")
    assert reason in encoded
    broken = parse_crl(encoded.replace(reason, reason[:-1] + b"\x63"))
    with pytest.raises(CrlUnreadable):
        broken.find(Serial(9))


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"-----BEGIN X509 CRL-----"])
def test_bytes_that_are_no_list_are_refused(data: bytes) -> None:
    with pytest.raises(CrlUnreadable):
        parse_crl(data)


def test_a_list_beyond_every_measure_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAXIMUM_SIZE", 10)
    with pytest.raises(CrlUnreadable, match="too large"):
        parse_crl(foreign())


def test_a_list_without_next_update_is_refused() -> None:
    whole = der.outermost(foreign(), "x").reader()
    fields = list(whole.read(der.SEQUENCE).reader())
    kept = [field.encoded for index, field in enumerate(fields) if index != 4]
    changed = der.sequence(der.sequence(*kept), *(element.encoded for element in whole))
    with pytest.raises(CrlUnreadable, match="nextUpdate"):
        parse_crl(changed)


def test_two_signature_algorithms_that_differ_are_refused() -> None:
    sha256, sha384 = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06082a8648ce3d040303")
    with pytest.raises(CrlUnreadable):
        parse_crl(foreign().replace(sha256, sha384, 1))


@pytest.mark.parametrize(
    ("changes", "scope"),
    [
        ({"only_contains_user_certs": True}, CrlScope.END_ENTITIES),
        ({"only_contains_ca_certs": True}, CrlScope.AUTHORITIES),
        ({"full_name": [x509.UniformResourceIdentifier("http://x.example/c")]}, CrlScope.ALL),
    ],
)
def test_a_list_says_which_certificates_it_is_about(changes, scope: CrlScope) -> None:
    assert parse_crl(foreign((point(**changes), True))).scope is scope
    assert parse_crl(foreign()).scope is CrlScope.ALL


def test_a_partition_names_its_address_and_says_that_expired_certificates_stay(pki: Pki) -> None:
    address = "http://x.example/repo/crl/issuing-ca-3.crl"
    encoded = build_crl(plan(pki, entry(5), distribution_point=address, expired_since=EARLIER), pki.issuing.key)

    found = parse_crl(encoded)

    assert found.distribution_points == (address,)
    assert der.extension("2.5.29.60", der.generalized_time(EARLIER)) in encoded
    library = x509.load_der_x509_crl(encoded).extensions
    point = library.get_extension_for_class(x509.IssuingDistributionPoint)
    assert point.critical


def test_entries_are_written_as_the_library_writes_them(pki: Pki) -> None:
    moments = (EARLIER, instant(NOW - timedelta(days=9000)), instant(NOW.replace(year=2025, month=1, day=1)))
    serials = (1, 0x7F, 0x80, 0xFFFF, 1 << 126, (1 << 159) - 1)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.load_der_x509_certificate(pki.issuing.certificate).subject)
        .last_update(NOW)
        .next_update(NEXT)
    )
    entries = []
    for number, serial in enumerate(serials):
        moment, reason = moments[number % 3], list(RevocationReason)[number % 7]
        entries.append(RevokedEntry(serial=Serial(serial), at=moment, reason=reason))
        one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment)
        if reason:
            flag = x509.ReasonFlags[reason.name.lower()]
            one = one.add_extension(x509.CRLReason(flag), critical=False)
        builder = builder.add_revoked_certificate(one.build())
    theirs = builder.sign(pki.issuing.key, hashes.SHA256()).tbs_certlist_bytes
    ours = parse_crl(build_crl(plan(pki, *entries), pki.issuing.key)).tbs

    assert _entries_of(ours) == _entries_of(theirs)


def _entries_of(tbs: bytes) -> bytes:
    fields = der.outermost(tbs, "tbs").reader()
    for _ in range(5):
        fields.read()
    return fields.read(der.SEQUENCE).encoded


def test_a_list_that_nobody_could_read_and_half_an_entry_are_refused(pki: Pki, monkeypatch) -> None:
    from absah.pki import crl_building

    monkeypatch.setattr(crl_building, "MOST_ENTRIES", 2)
    assembler = crl_building.CrlAssembler(plan(pki).header)
    assembler.add(crl_building.pack_entry(1, 0, 0) + crl_building.pack_entry(2, 0, 0))
    for packed, problem in ((b"half", "cut-short"), (crl_building.pack_entry(3, 0, 0), "too-many")):
        with pytest.raises(CrlPlanRefused) as refused:
            assembler.add(packed)
        assert refused.value.parameters == {"problem": problem}
    assert assembler.count == 3
