import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.fixtures_pki import NOW, make_pki

from absah.adapters.trust_store import TrustSnapshotUnknown, TrustTermsUnreadable, load_trust, read_snapshot
from absah.kernel.clock import instant
from absah.validation.trust import AnchorTerms

LATER = instant(datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    (tmp_path / "root.cer").write_bytes(make_pki().root.certificate)
    (tmp_path / "notes.txt").write_text("not a certificate")
    return tmp_path


def terms(trust: Path, text: str) -> None:
    import hashlib

    fingerprint = hashlib.sha256(make_pki().root.certificate).hexdigest()
    (trust / "terms.toml").write_text(text.replace("ROOT", fingerprint))


def test_a_state_is_dated_when_it_is_first_seen_and_never_again(trust: Path):
    first = load_trust(trust, now=NOW)
    assert (first.certificates, first.taken_at) == ((make_pki().root.certificate,), NOW)
    assert load_trust(trust, now=LATER) == load_trust(trust, now=NOW)
    assert load_trust(trust, now=LATER).taken_at == NOW


def test_another_set_or_other_terms_are_another_snapshot_and_the_first_stays(trust: Path):
    first = load_trust(trust, now=NOW)
    terms(trust, '[ROOT]\nsunset = 2026-08-18\nrecognised = true\ncertified_policies = ["2.25.1"]\n')
    second = load_trust(trust, now=LATER)
    assert (second.taken_at, second.digest == first.digest) == (LATER, False)
    expected = AnchorTerms(
        sunset=instant(datetime(2026, 8, 18, 23, 59, 59, tzinfo=UTC)),
        recognised=True,
        certified_policies=frozenset({"2.25.1"}),
    )
    assert second.terms_of(make_pki().root.certificate) == expected
    for one in (first, second):
        again = read_snapshot(trust, one.digest[:12])
        assert (again.digest, again.certificates, again.taken_at) == (one.digest, one.certificates, one.taken_at)


def test_a_moment_may_be_given_instead_of_a_day(trust: Path):
    terms(trust, "[ROOT]\nsunset = 2026-08-18T00:00:00Z\n")
    assert load_trust(trust, now=NOW).terms_of(make_pki().root.certificate).sunset == instant(
        datetime(2026, 8, 18, tzinfo=UTC)
    )
    terms(trust, "[ROOT]\nsunset = 2026-08-18T00:00:00\n")
    assert load_trust(trust, now=NOW).terms_of(make_pki().root.certificate).sunset == instant(
        datetime(2026, 8, 18, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "text",
    ["x =", "[ROOT]\nsunset = 'soon'\n", "[abc]\n", "[ROOT]\nfriend = true\n", "[ROOT]\ncertified_policies = ['x']"],
)
def test_terms_that_cannot_be_read_are_refused(trust: Path, text: str):
    terms(trust, text)
    with pytest.raises(TrustTermsUnreadable):
        load_trust(trust, now=NOW)


def test_a_snapshot_that_somebody_wrote_into_is_none(trust: Path):
    digest = load_trust(trust, now=NOW).digest
    kept = trust / "snapshots" / f"{digest}.json"
    written = json.loads(kept.read_text())
    for spoilt in (written | {"anchors": []}, {}, {"anchors": 1}):
        kept.write_text(json.dumps(spoilt))
        with pytest.raises(TrustSnapshotUnknown):
            read_snapshot(trust, digest)
    for unknown in ("0" * 64, digest[:5], "../../../etc"):
        with pytest.raises(TrustSnapshotUnknown):
            read_snapshot(trust, unknown)


def test_without_a_folder_nobody_is_trusted(tmp_path: Path):
    nobody = load_trust(tmp_path / "none", now=NOW)
    assert (nobody.empty, nobody.taken_at) == (True, NOW)


def test_where_nothing_can_be_written_the_folder_dates_the_state(trust: Path):
    (trust / "snapshots").write_text("in the way")
    os.utime(trust, (NOW.timestamp(), NOW.timestamp()))
    assert load_trust(trust, now=LATER).taken_at == NOW
