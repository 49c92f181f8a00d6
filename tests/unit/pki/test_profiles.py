from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fixtures_pki import NOW

from absah.kernel.clock import instant
from absah.pki import oids
from absah.pki.algorithms import KeyAlgorithm
from absah.pki.profile_toml import (
    ProfileUnknown,
    ProfileUnreadable,
    parse_profile_document,
    profile_names,
    read_profile_document,
)
from absah.pki.profiles import (
    Authority,
    EndEntity,
    Endpoint,
    KeyUsage,
    Profile,
    ProfileAuthorityUnlawful,
    ProfileExtendedKeyUsageUnlawful,
    ProfileKeysUnlawful,
    ProfileKeyUsageUnlawful,
    ProfilePolicyNotTest,
    ProfileRevocationUnlawful,
    ProfileValidityUnlawful,
    ProfileWithoutPolicy,
    Purpose,
    load_profile,
    profile_from_document,
)

PERSON = load_profile("individual-signer")
ROOT, ISSUING = load_profile("root-ca"), load_profile("issuing-ca")
TSA, RESPONDER = load_profile("tsa"), load_profile("ocsp-responder")


def test_the_catalogue_has_a_profile_for_every_purpose() -> None:
    assert {load_profile(name).purpose for name in profile_names()} == set(Purpose)
    assert all(load_profile(name).name == name for name in profile_names())


def test_every_profile_of_the_catalogue_is_for_tests() -> None:
    assert all(load_profile(name).is_test for name in profile_names())


def test_a_person_signs_with_content_commitment_alone() -> None:
    assert PERSON.key_usage == {KeyUsage.CONTENT_COMMITMENT}
    assert PERSON.extended_key_usage == (oids.DOCUMENT_SIGNING,)


@pytest.mark.parametrize(
    ("profile", "changes", "refused"),
    [
        (PERSON, {"policies": ()}, ProfileWithoutPolicy),
        (PERSON, {"policies": (oids.ANY_POLICY,)}, ProfileWithoutPolicy),
        (PERSON, {"policies": ("1.3.6.1.4.1.99999.1",)}, ProfilePolicyNotTest),
        (PERSON, {"is_test": False}, ProfilePolicyNotTest),
        (PERSON, {"key_usage": PERSON.key_usage | {KeyUsage.DIGITAL_SIGNATURE}}, ProfileKeyUsageUnlawful),
        (ISSUING, {"key_usage": frozenset({KeyUsage.KEY_CERT_SIGN})}, ProfileKeyUsageUnlawful),
        (PERSON, {"extended_key_usage": ()}, ProfileExtendedKeyUsageUnlawful),
        (PERSON, {"extended_key_usage": (oids.DOCUMENT_SIGNING,) * 2}, ProfileExtendedKeyUsageUnlawful),
        (PERSON, {"extended_key_usage_critical": True}, ProfileExtendedKeyUsageUnlawful),
        (TSA, {"extended_key_usage_critical": False}, ProfileExtendedKeyUsageUnlawful),
        (PERSON, {"constraints": Authority(path_length=0)}, ProfileAuthorityUnlawful),
        (ISSUING, {"constraints": Authority(path_length=None)}, ProfileAuthorityUnlawful),
        (ROOT, {"constraints": EndEntity()}, ProfileAuthorityUnlawful),
        (PERSON, {"no_revocation_check": True}, ProfileRevocationUnlawful),
        (RESPONDER, {"no_revocation_check": False}, ProfileRevocationUnlawful),
        (RESPONDER, {"endpoints_allowed": frozenset(Endpoint)}, ProfileRevocationUnlawful),
        (ROOT, {"endpoints_allowed": frozenset({Endpoint.CRL})}, ProfileRevocationUnlawful),
        (PERSON, {"endpoints_required": frozenset({Endpoint.OCSP})}, ProfileRevocationUnlawful),
        (PERSON, {"endpoints_allowed": frozenset()}, ProfileRevocationUnlawful),
        (PERSON, {"max_validity": timedelta(days=800)}, ProfileValidityUnlawful),
        (PERSON, {"max_validity": timedelta()}, ProfileValidityUnlawful),
        (PERSON, {"backdate": timedelta(days=2)}, ProfileValidityUnlawful),
        (PERSON, {"backdate": timedelta(seconds=-1)}, ProfileValidityUnlawful),
        (PERSON, {"key_algorithms": frozenset()}, ProfileKeysUnlawful),
        (ISSUING, {"key_algorithms": frozenset({KeyAlgorithm.RSA2048})}, ProfileKeysUnlawful),
    ],
)
def test_an_unlawful_profile_cannot_exist(profile: Profile, changes, refused) -> None:
    with pytest.raises(refused) as caught:
        replace(profile, **changes)
    assert caught.value.parameters["profile"] == profile.name
    assert caught.value.citation is not None


def test_a_profile_outside_the_tests_has_policies_outside_the_test_arc() -> None:
    real = replace(PERSON, is_test=False, policies=("1.3.6.1.4.1.99999.1",))
    assert not real.is_test


def test_validity_is_dated_back_and_counts_both_ends() -> None:
    validity = PERSON.validity_at(NOW)
    assert (NOW - validity.not_before, validity.duration) == (PERSON.backdate, PERSON.max_validity)


def test_validity_may_be_shorter_or_cut_off() -> None:
    assert PERSON.validity_at(NOW, lasting=timedelta(days=30)).duration == timedelta(days=30)
    end = instant(NOW + timedelta(days=7))
    assert PERSON.validity_at(NOW, until=end).not_after == end
    assert PERSON.validity_at(NOW, lasting=timedelta(days=1), until=end).not_after < end


def test_an_unknown_profile_is_refused() -> None:
    for name in ("nobody", "algorithms", "../../kernel/catalogue/en/pki"):
        with pytest.raises(ProfileUnknown):
            load_profile(name)


LAWFUL = (
    'name = "x"\npurpose = "root-ca"\ndescription = "x"\ntest = true\npolicies = []\nauthority = true\n'
    'key_usage = ["keyCertSign", "cRLSign"]\nkey_algorithms = ["ec-p384"]\n'
    "max_validity_days = 30\nbackdate_minutes = 0\n"
)


def test_what_is_written_becomes_what_is_accepted() -> None:
    document = parse_profile_document(LAWFUL, name="x")
    assert profile_from_document(document).constraints == Authority(path_length=None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("=", "Invalid"),
        (LAWFUL + "surprise = 1", "surprise"),
        (LAWFUL.replace("30", '"30"'), "max_validity_days"),
        (LAWFUL.replace("true", "1", 1), "test"),
    ],
)
def test_toml_of_another_shape_is_refused_with_the_field(text: str, problem: str) -> None:
    with pytest.raises(ProfileUnreadable) as caught:
        parse_profile_document(text, name="x")
    assert problem in str(caught.value.parameters["problem"])


@pytest.mark.parametrize(("word", "other"), [("root-ca", "web-server"), ("cRLSign", "crlSign"), ("ec-p384", "dsa")])
def test_a_word_that_nobody_knows_is_refused(word: str, other: str) -> None:
    document = parse_profile_document(LAWFUL.replace(word, other), name="x")
    with pytest.raises(ProfileUnreadable, match=other):
        profile_from_document(document)


def test_the_written_profile_says_what_it_is_for() -> None:
    assert "Test" in read_profile_document("tsa").description
