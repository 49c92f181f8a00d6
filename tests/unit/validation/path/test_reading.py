"""Certificates and their extensions, well-formed and not."""

from datetime import UTC, datetime

import pytest
from tests.fixtures_pki import NOW
from tests.unit.validation.path.making import (
    ECDSA_SHA256,
    authority_key,
    basic,
    certificate,
    constraints,
    directory,
    dns,
    extension,
    leaf,
    made,
    mappings,
    name,
    names,
    point,
    points,
    policies,
    policy_constraints,
    purposes,
    root,
    subject_key,
    uri,
    usage,
)

from absah.pki import der
from absah.validation.path import certificate as module
from absah.validation.path.certificate import Certificate, read_certificate
from absah.validation.path.extensions import KeyUsage, Reasons
from absah.validation.path.general_names import Form
from absah.validation.path.names import read_name


def with_extension(*extensions: bytes) -> Certificate:
    return certificate(extensions=extensions)


def test_every_extension_that_matters_is_read():
    found = with_extension(
        subject_key("own"),
        extension(
            "2.5.29.35",
            der.sequence(der.implicit(0, b"id"), der.explicit(1, directory(name("Root"))), der.implicit(2, b"\x09")),
        ),
        usage(0, 5),
        names(dns("a.example"), uri("http://a.example/"), directory(name("A"))),
        basic(length=2),
        constraints(permitted=(dns("example"),), excluded=(dns("b.example"),)),
        policies("1.2.3", notice="hello"),
        mappings(("1.2.3", "1.2.4")),
        policy_constraints(explicit=1),
        purposes("1.3.6.1.5.5.7.3.1"),
        extension("2.5.29.54", der.integer(3)),
        extension("2.25.1", der.null()),
    ).extensions
    assert found.subject_key == b"own"
    assert found.authority_key is not None
    assert (found.authority_key.identifier, found.authority_key.serial) == (b"id", 9)
    assert found.authority_key.issuer[0].form is Form.DIRECTORY
    assert found.key_usage == KeyUsage.DIGITAL_SIGNATURE | KeyUsage.KEY_CERT_SIGN
    assert [one.form for one in found.subject_names] == [Form.DNS, Form.URI, Form.DIRECTORY]
    assert found.basic_constraints is not None
    assert (found.authority, found.basic_constraints.path_length) == (True, 2)
    assert found.name_constraints is not None
    assert found.name_constraints.excluded[0].value == "b.example"
    assert (found.policies[0].policy, len(found.policies[0].qualifiers)) == ("1.2.3", 1)
    assert found.policy_mappings == (("1.2.3", "1.2.4"),)
    assert found.policy_constraints is not None
    assert (found.policy_constraints.require_explicit, found.policy_constraints.inhibit_mapping) == (1, None)
    assert (found.inhibit_any_policy, found.extended_key_usage) == (3, {"1.3.6.1.5.5.7.3.1"})
    assert found.critical["2.25.1"] is False
    assert not found.allows(KeyUsage.CRL_SIGN)


def test_distribution_points_have_full_or_relative_names_reasons_and_issuers():
    relative = der.sequence(der.oid("2.5.4.3"), der.utf8_string("Part 1"))
    one, two, three = with_extension(
        points(
            point(
                full=(uri("http://a.example/1"),), reasons=der.implicit(1, b"\x06\x40"), issuer=(directory(name("I")),)
            ),
            der.sequence(der.explicit(0, der.explicit(1, relative))),
            point(issuer=(directory(name("I")),)),
        )
    ).extensions.distribution_points
    assert one.full_name[0].value == "http://a.example/1"
    assert (one.reasons, one.crl_issuer[0].value) == (Reasons.KEY_COMPROMISE, read_name(name("I")))
    assert two.relative_name is not None
    assert (two.relative_name,) == read_name(name("Part 1"))
    assert (three.full_name, three.relative_name, three.reasons) == ((), None, None)


MALFORMED = {
    "key usage that is no bit string": extension("2.5.29.15", der.null()),
    "bits without the octet that counts": extension("2.5.29.15", der.tlv(der.BIT_STRING, b"")),
    "more unused bits than there are": extension("2.5.29.15", der.tlv(der.BIT_STRING, b"\x03")),
    "nine unused bits": extension("2.5.29.15", der.tlv(der.BIT_STRING, b"\x09\x80")),
    "negative path length": extension("2.5.29.19", der.sequence(der.integer(-1))),
    "no purposes": extension("2.5.29.37", der.sequence()),
    "purposes that are no sequence": extension("2.5.29.37", der.null()),
    "no names": names(),
    "name of an unknown form": names(der.implicit(9, b"x")),
    "name with letters it cannot have": names(der.implicit(2, b"\xff")),
    "no policies": extension("2.5.29.32", der.sequence()),
    "one policy twice": policies("1.2.3", "1.2.3"),
    "no mappings": extension("2.5.29.33", der.sequence()),
    "empty policy constraints": extension("2.5.29.36", der.sequence()),
    "negative number of certificates": extension("2.5.29.54", der.integer(-1)),
    "empty name constraints": extension("2.5.29.30", der.sequence()),
    "empty subtrees": extension("2.5.29.30", der.sequence(der.explicit(0))),
    "subtree with a minimum": extension(
        "2.5.29.30", der.sequence(der.explicit(0, der.sequence(dns("a.example"), der.implicit(0, b"\x01"))))
    ),
    "no distribution points": points(),
    "distribution point of no kind": points(der.sequence(der.explicit(0, der.null()))),
    "more than one value": extension("2.5.29.14", der.octet_string(b"x") + der.null()),
}


@pytest.mark.parametrize("broken", MALFORMED.values(), ids=MALFORMED)
def test_an_extension_that_breaks_its_structure_makes_the_certificate_unreadable(broken: bytes):
    with pytest.raises(der.DerMalformed):
        with_extension(broken)


def test_an_extension_stands_there_once():
    with pytest.raises(der.DerMalformed) as refused:
        with_extension(basic(), basic())
    assert refused.value.parameters["problem"] == "duplicate-extension"


def test_a_false_that_der_would_leave_out_is_read_as_false():
    spelled = der.sequence(der.oid("2.25.1"), b"\x01\x01\x00", der.octet_string(der.null()))
    assert with_extension(spelled).extensions.critical == {"2.25.1": False}


def test_an_empty_list_of_extensions_is_none():
    with pytest.raises(der.DerMalformed):
        certificate(extra=der.explicit(3, der.sequence()))


def test_versions_fit_what_they_carry():
    assert certificate(version=0).version == 0
    assert certificate(version=1, extra=der.implicit(1, b"\x00\x01")).version == 1
    for wrong in (
        {"version": 0, "extra": der.implicit(1, b"\x00\x01")},
        {"version": 1, "extensions": (basic(),)},
        {"version": 3},
    ):
        with pytest.raises(der.DerMalformed):
            certificate(**wrong)


def test_serial_numbers_are_taken_as_they_are():
    assert [certificate(serial=serial).serial for serial in (-1, 0, 1 << 160)] == [-1, 0, 1 << 160]


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (der.tlv(der.UTC_TIME, b"491231235959Z"), datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (der.tlv(der.UTC_TIME, b"500101000000Z"), datetime(1950, 1, 1, tzinfo=UTC)),
        (der.tlv(der.GENERALIZED_TIME, b"20020101120100Z"), datetime(2002, 1, 1, 12, 1, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_both_forms(encoded: bytes, expected: datetime):
    assert module.read_time(der.Reader(encoded, "time").read()) == expected


@pytest.mark.parametrize(
    "encoded",
    [
        der.tlv(der.UTC_TIME, b"4912312359Z"),
        der.tlv(der.GENERALIZED_TIME, b"20020101120100.5Z"),
        der.tlv(der.GENERALIZED_TIME, b"200201011201000"),
        der.tlv(der.GENERALIZED_TIME, b"2002010112010xZ"),
        der.tlv(der.GENERALIZED_TIME, b"20021301120100Z"),
        der.null(),
    ],
)
def test_other_times_are_refused(encoded: bytes):
    with pytest.raises(der.DerMalformed):
        module.read_time(der.Reader(encoded, "time").read())


def test_an_algorithm_that_is_not_known_keeps_its_name_and_two_that_differ_are_none():
    dsa = der.sequence(der.oid("1.2.840.10040.4.3"))
    assert certificate(algorithm=dsa).signature_algorithm == "1.2.840.10040.4.3"
    assert certificate(algorithm=dsa, spoilt=True).signature_algorithm is None


def test_a_signature_with_unused_bits_is_empty():
    whole = der.Reader(made(), "certificate").read(der.SEQUENCE).reader()
    tbs = whole.read(der.SEQUENCE).encoded
    assert read_certificate(der.sequence(tbs, ECDSA_SHA256, der.bit_string(b"\x80", unused=1))).signature == b""


def test_what_is_too_large_is_not_read():
    with pytest.raises(der.DerTooLarge):
        read_certificate(bytes(module.MAXIMUM_SIZE + 1))


def test_equal_bytes_make_equal_certificates():
    one = root(subject_key("a"), authority_key("a"))
    assert one == read_certificate(one.der)
    assert one.self_issued
    assert not leaf().self_issued
    assert leaf().not_before == NOW
