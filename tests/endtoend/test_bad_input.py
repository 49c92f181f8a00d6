"""What goes wrong gives its own code and sentence in both languages, the right exit status, and no half record."""

import io
import shutil
import sqlite3
from pathlib import Path

import pikepdf
import pytest

from absah.adapters.signer_life import stop_signer
from tests.endtoend.conftest import Absah


def blank(**save) -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(made, **save)
    return made.getvalue()


def no_pages() -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.save(made)
    return made.getvalue()


BROKEN = {
    "pdf.not-a-pdf": b"This is a letter, not a PDF.",
    "pdf.empty": b"",
    "pdf.truncated": blank()[:-120],
    "pdf.encrypted": blank(encryption=pikepdf.Encryption(owner="o", user="u")),
    "pdf.no-pages": no_pages(),
}


def rows(data: Path) -> dict[str, int]:
    with sqlite3.connect(data / "db.sqlite3") as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type='table'")]
        return {name: database.execute(f'select count(*) from "{name}"').fetchone()[0] for name in tables}


@pytest.mark.parametrize("code", sorted(BROKEN))
def test_a_broken_file_is_refused_by_sign_and_verify(code, absah, sign, tmp_path):
    source, target = tmp_path / "in.pdf", tmp_path / "out.pdf"
    source.write_bytes(BROKEN[code])
    before = rows(absah.data)
    refused = sign(0, source, target)
    assert (refused.status, refused.facts["error"]) == (65, code)
    assert not target.exists()
    assert rows(absah.data) == before
    seen = absah.json("verify", source)
    assert (seen.status, seen.facts["error"]) == (65, code)
    sentences = {absah("verify", source, lang=lang).err for lang in ("id", "en")}
    assert len(sentences) == 2
    assert all(code in sentence for sentence in sentences)


def test_a_missing_anchor_is_refused_and_the_hits_in_running_text_are_listed(absah, sign, tmp_path):
    source, target = tmp_path / "in.pdf", tmp_path / "out.pdf"
    import typst

    source.write_bytes(typst.compile(b"Harganya \\$ 5 saja.", ignore_system_fonts=True))
    before = rows(absah.data)
    refused = sign(0, source, target, "--anchor", "$")
    assert refused.facts["error"] == "pdf.anchor-not-found"
    assert refused.status == 65
    assert not target.exists()
    assert rows(absah.data) == before


def test_a_wrong_passphrase_five_times_means_waiting(absah, credentials, tmp_path):
    """On a copy of the instance, so that nobody else has to wait; each copy has its own signer process."""
    copy = Absah(tmp_path / "copy")
    stop_signer(absah.data)
    shutil.copytree(absah.data, copy.data, ignore=shutil.ignore_patterns("run"))
    (copy.data / "run").mkdir(mode=0o700)
    source, target, secret = tmp_path / "in.pdf", tmp_path / "out.pdf", tmp_path / "passphrase.txt"
    source.write_bytes(blank())
    signer = credentials["signers"][1]
    words = ("sign", source, "-o", target, "--signer", signer["nik"], "--passphrase-file", secret)
    secret.write_text("keliru-sekali-ini")
    codes = [copy.json(*words).facts["error"] for _ in range(6)]
    assert codes == ["signer.wrong-passphrase"] * 5 + ["signer.must-wait"]
    secret.write_text(signer["passphrase"])
    assert copy.json(*words).facts["error"] == "signer.must-wait"
    assert not target.exists()
    stop_signer(copy.data)


def test_an_unknown_signer_and_a_malformed_nik_are_refused(absah, credentials, tmp_path):
    source, secret = tmp_path / "in.pdf", tmp_path / "p.txt"
    source.write_bytes(blank())
    secret.write_text("apa-saja-boleh-1")
    words = ("sign", source, "-o", tmp_path / "out.pdf", "--passphrase-file", secret, "--signer")
    assert absah.json(*words, "9999991708450009").status == 1
    malformed = absah.json(*words, "123")
    assert (malformed.status, malformed.facts["error"]) == (65, "people.nik-malformed")


def test_a_document_certified_against_changes_is_refused(absah, sign, tmp_path):
    """DocMDP P=1 (ISO 32000-1 §12.8.2.2): pyHanko certifies it, we must not sign on."""
    from tests.endtoend.foreign import certified_against_changes

    source, target = tmp_path / "in.pdf", tmp_path / "out.pdf"
    source.write_bytes(certified_against_changes(blank()))
    refused = sign(0, source, target)
    assert refused.status in {1, 65}
    assert refused.facts["error"] == "pdf.certified-no-changes"
    assert not target.exists()


def test_bad_usage_ends_with_64(absah, tmp_path):
    source = tmp_path / "in.pdf"
    source.write_bytes(blank())
    target = tmp_path / "out.pdf"
    assert absah.json("sign", source).status == 64
    assert absah.json("sign", source, "-o", target, "--signer", "9999990101900001", "--box", "1,2").status == 64
    assert absah.json("verify", tmp_path / "nothing.pdf").status in {64, 65}


def test_a_document_without_signature_ends_with_3_and_without_an_instance_nobody_vouches(absah, sign, tmp_path):
    source, target = tmp_path / "in.pdf", tmp_path / "out.pdf"
    source.write_bytes(blank())
    assert absah("verify", source).status == 3
    assert sign(0, source, target).status == 0
    nobody = Absah(tmp_path / "nowhere")("verify", target)
    assert nobody.status == 2
    assert "anchor" in nobody.out


def test_an_agency_instance_holds_no_keys_and_says_so(tmp_path):
    """PP 71/2019 Pasal 63: keys of signers are with the certification body; no signer process can start here."""
    agency = Absah(tmp_path / "agency")
    assert agency("init", "--role", "agency").status == 0
    assert not (agency.data / "secrets" / "service.key").exists()
    source, secret = tmp_path / "in.pdf", tmp_path / "p.txt"
    source.write_bytes(blank())
    secret.write_text("apa-saja-boleh-1")
    words = ("-o", tmp_path / "out.pdf", "--passphrase-file", secret, "--signer", "9999991708450009")
    assert agency.json("sign", source, *words).facts["error"] == "cli.agency-holds-no-keys"
    assert agency("verify", source).status == 3
