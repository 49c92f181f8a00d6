"""`absah demo`: what it leaves behind is what the contract says (design §4), and it holds."""

import sqlite3

from tests.endtoend import judges


def test_the_credentials_file_has_the_shape_that_others_read(credentials):
    assert credentials["base_url"].startswith("http://127.0.0.1:")
    assert [signer["tag"] for signer in credentials["signers"]] == ["$", "#"]
    for signer in credentials["signers"]:
        assert signer["nik"].startswith("9999")
        assert {"email", "passphrase", "totp_secret"} <= signer.keys()
    roles = {user["role"] for user in credentials["users"]}
    assert {"signer", "verifikator", "ra"} <= roles


def test_the_agreement_is_signed_by_both_and_archived_and_every_judge_agrees(absah, tmp_path):
    agreement = absah.data / "agreement-signed.pdf"
    verdict = absah.json("verify", agreement)
    assert verdict.status == 0, verdict.out
    assert verdict.facts["indication"] == "TOTAL-PASSED"
    assert len(verdict.facts["signatures"]) == 2
    assert {each["level"] for each in verdict.facts["signatures"]} == {"B-LTA"}
    assert judges.pdfsig(agreement) == 2
    judges.qpdf(agreement)
    assert judges.openssl_cms(agreement, tmp_path) == 2
    assert judges.pyhanko(agreement, next((absah.data / "trust").glob("*.cer"))) == 2


def test_the_first_signature_stays_valid_after_the_second(absah):
    first = absah.json("verify", absah.data / "agreement-signed.pdf").facts["signatures"][0]
    assert first["indication"] == "TOTAL-PASSED"


def test_the_verdict_is_labelled_as_a_trial_in_both_languages(absah):
    for lang, words in (("id", "tidak tersertifikasi"), ("en", "not certified")):
        said = absah("verify", absah.data / "agreement-signed.pdf", lang=lang).out
        assert "UJI COBA" in said
        assert words in said


def test_a_tampered_copy_is_refused(absah):
    verdict = absah.json("verify", absah.data / "agreement-tampered.pdf")
    assert verdict.status == 1
    assert verdict.facts["indication"] == "TOTAL-FAILED"


def test_the_notice_stands_on_every_page(absah):
    import pypdfium2

    with pypdfium2.PdfDocument((absah.data / "agreement-signed.pdf").read_bytes()) as pdf:
        pages = [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]
    assert pages
    assert all("ditandatangani secara elektronik" in page and "UJI COBA" in page for page in pages)


def test_the_ledger_is_intact_and_the_doctor_finds_nothing_broken(absah):
    assert absah.json("audit", "verify").facts["intact"]
    report = absah.json("doctor")
    assert report.status == 0, report.out
    assert report.facts["healthy"]


def test_a_changed_row_of_the_ledger_is_found(absah, tmp_path):
    copy = tmp_path / "copy"
    import shutil

    shutil.copytree(absah.data, copy, ignore=shutil.ignore_patterns("run"))
    (copy / "run").mkdir(mode=0o700)
    with sqlite3.connect(copy / "db.sqlite3") as database:
        triggers = database.execute("select name from sqlite_master where type='trigger' and tbl_name='audit_entry'")
        for (name,) in triggers.fetchall():
            database.execute(f'drop trigger "{name}"')
        database.execute("update audit_entry set actor = 'somebody-else' where id = (select max(id) from audit_entry)")
    from tests.endtoend.conftest import Absah

    assert Absah(copy).json("audit", "verify").status == 1


def test_no_personal_number_and_no_passphrase_is_in_the_database_the_logs_or_the_ledger(absah, credentials):
    secrets = [signer[kind] for signer in credentials["signers"] for kind in ("nik", "passphrase")]
    secrets += [user["password"] for user in credentials["users"]]
    looked_at = 0
    for path in absah.data.rglob("*"):
        if path.is_file() and path.name not in {"credentials.json", "esign.env"}:  # what the demo tells on purpose
            content = path.read_bytes()
            looked_at += 1
            for secret in secrets:
                assert secret.encode() not in content, path.name
    assert looked_at > 10


def test_a_certified_agreement_takes_the_second_signature_at_its_kept_place(absah, sign, tmp_path):
    """D8c: the first signer certifies (P=2) and keeps a place for the second; all judges agree."""
    once, twice = tmp_path / "once.pdf", tmp_path / "twice.pdf"
    draft = absah.data / "agreement-unsigned.pdf"
    assert sign(0, draft, once, "--anchor", "$", "--certify", "--later", "#").status == 0
    second = sign(1, once, twice, "--anchor", "#")
    assert second.status == 0, second.out
    verdict = absah.json("verify", twice)
    assert verdict.status == 0, verdict.out
    assert judges.pdfsig(twice) == 2
    assert judges.pyhanko(twice, next((absah.data / "trust").glob("*.cer"))) == 2
