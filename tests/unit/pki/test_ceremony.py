"""A ceremony is one file that hangs together, or it is refused with the place of what is wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from absah.pki.ceremony import (
    CeremonyMalformed,
    day_begins,
    files_of,
    heard_rightly,
    parse_ceremony,
    read_aloud,
)

HASH = "ab" * 32
HEAD = """format: 1
ceremony: akar-2026
title: Akar (contoh)
place: Kota Contoh
people:
  - {name: Sari Contoh, role: administrator}
  - {name: Budi Contoh, role: custodian}
  - {name: Citra Contoh, role: custodian}
quorum: 2
"""
STEPS = """steps:
  - {step: make-key, key: root, algorithm: ec-p384}
  - {step: certify-root, key: root, common_name: Akar, organisation: Absah, output: root.cer}
"""


def ceremony(text: str):
    return parse_ceremony(text.encode())


def refused(text: str) -> dict:
    with pytest.raises(CeremonyMalformed) as refusal:
        ceremony(text)
    return refusal.value.parameters


def test_a_ceremony_that_hangs_together_is_read():
    found = ceremony(HEAD + STEPS)
    assert found.custodians == ("Budi Contoh", "Citra Contoh")
    assert found.makes_keys
    assert [step.step for step in found.steps] == ["make-key", "certify-root"]
    assert found.steps[1].endpoints.crl_url is None


def test_every_step_says_which_files_it_reads():
    text = HEAD + f"inputs:\n  a.cer: {{file: a.cer, sha256: {HASH}}}\n  b.csr: {{file: b.csr, sha256: {HASH}}}\n"
    text += f"keys:\n  old: {{file: old.key, sha256: {HASH}}}\n" + STEPS
    text += """  - step: certify-authority
    key: old
    issuer: a.cer
    request: b.csr
    common_name: A
    organisation: B
    output: c.cer
  - {step: link-roots, key: old, issuer: a.cer, to: root.cer, output: d.cer}
  - {step: request-certificate, key: old, common_name: A, organisation: B, output: e.csr}
  - {step: accept-certificate, key: old, certificate: a.cer, chain: [d.cer]}
  - step: sign-crl
    key: old
    issuer: a.cer
    number: 1
    days: 9
    revoked: [{certificate: c.cer, at: 2026-11-01, reason: superseded}]
    output: f.crl
  - {step: import-key, key: other, source: b.csr}
  - {step: accept-profile, profile: tsa}
"""
    found = ceremony(text)
    assert [files_of(step) for step in found.steps] == [
        set(),
        set(),
        {"a.cer", "b.csr"},
        {"a.cer", "root.cer"},
        set(),
        {"a.cer", "d.cer"},
        {"a.cer", "c.cer"},
        {"b.csr"},
        set(),
    ]
    assert found.steps[6].revoked[0].at == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("format: [", "line 1"),
        ("title: &x a\nplace: *x\n", "line 2"),
        ("title: a\ntitle: b\n", "line 1"),
        ("{a: 1, [b]: 2}", "line 1"),
        (HEAD, "steps"),
        ("42", "file"),
        (HEAD + STEPS.replace("ec-p384", "ed448"), "steps.0.make-key.algorithm"),
        (HEAD + STEPS + "extra: 1\n", "extra"),
        (HEAD + STEPS + "  - {step: dance}\n", "steps.2"),
        (HEAD.replace("quorum: 2", "quorum: 3") + STEPS, "quorum"),
        (HEAD.replace("Citra", "Budi") + STEPS, "people"),
        (HEAD + STEPS.replace("key: root, common", "key: stem, common"), "steps.1"),
        (HEAD + STEPS + "  - {step: make-key, key: root, algorithm: ec-p384}\n", "steps.2"),
        (
            HEAD + STEPS + "  - {step: sign-crl, key: root, issuer: stem.cer, number: 1, days: 9, output: x.crl}\n",
            "steps.2",
        ),
        (HEAD + STEPS.replace("output: root.cer", "output: record.json"), "steps.1"),
        (HEAD + STEPS.replace("output: root.cer", "output: root.key"), "steps.1"),
        (HEAD + STEPS.replace("output: root.cer", "output: ../root.cer"), "steps.1.certify-root.output"),
        (HEAD + STEPS.replace("}\n  -", ", days: 0}\n  -"), "steps.0.make-key.days"),
        ("#" * 70_000, "file"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(text, place):
    assert refused(text)["place"] == place


def test_a_file_that_is_no_text_is_refused():
    with pytest.raises(CeremonyMalformed):
        parse_ceremony(b"\xff\xfe\x00")
    with pytest.raises(CeremonyMalformed):
        parse_ceremony(b"[" * 5000)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_ceremony_or_are_refused(content):
    with pytest.raises(CeremonyMalformed):
        parse_ceremony(content)


def test_a_hash_is_heard_in_groups_in_full_or_by_its_first_four():
    aloud = read_aloud(b"akta")
    assert len(aloud.split()) == 16
    assert heard_rightly(aloud, b"akta")
    assert heard_rightly(aloud.upper().replace(" ", ""), b"akta")
    assert heard_rightly(" ".join(aloud.split()[:4]), b"akta")
    assert not heard_rightly(" ".join(aloud.split()[:3]), b"akta")
    assert not heard_rightly(aloud, b"akte")
    assert day_begins(date(2026, 11, 27)).isoformat() == "2026-11-27T00:00:00+00:00"
