"""Commands as processes of their own, on instances that hold no keys and so are made fast."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from absah.pki.algorithms import KeyAlgorithm
from absah_site.cli.init import sweep
from absah_site.cli.main import COMMANDS
from absah_site.config import load_config

HEAVY = ("django", "pydantic", "cryptography", "pyhanko", "fontTools")


def absah(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "absah_site.cli", *map(str, words)], capture_output=True, text=True, check=False
    )


def gone_process() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_the_overview_does_not_wait_for_libraries_that_it_does_not_need():
    program = (
        f"import sys; from absah_site.cli.main import main; main(['--help']); print(set({HEAVY}) & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_no_command_sets_up_django_before_it_opens_an_instance():
    program = (
        "import sys; from absah_site.cli.main import COMMANDS, parser_for;"
        "[parser_for(name) for name in COMMANDS]; print(len(COMMANDS), 'django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(COMMANDS)), "False"]


def test_what_a_killed_run_left_behind_is_cleared_by_the_next(tmp_path):
    dead, target = gone_process(), tmp_path / "x"
    leftover = tmp_path / f".x.init-{dead}"
    running, other = tmp_path / f".x.init-{os.getpid()}", tmp_path / f".y.init-{dead}"
    for folder in (leftover, running, other):
        (folder / "keys").mkdir(parents=True)
    assert absah("init", "--role", "agency", "--data", target).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([running.name, other.name, "x"])


def test_an_instance_may_give_holders_other_keys_of_three_kinds(tmp_path):
    words = ("init", "--role", "agency", "--holder-keys")
    assert absah(*words, "rsa-2048", "--data", tmp_path / "x").returncode == 0
    assert load_config(tmp_path / "x").registration.holder_keys is KeyAlgorithm.RSA2048
    assert absah(*words, "rsa-4096", "--data", tmp_path / "y").returncode == 64
    assert not (tmp_path / "y").exists()


def test_an_interrupted_init_leaves_no_instance_and_can_be_run_again(tmp_path):
    target = tmp_path / "x"
    words = [sys.executable, "-m", "absah_site.cli", "init", "--role", "agency", "--data", str(target)]
    started = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list(tmp_path.glob(".x.init-*")):
        assert started.poll() is None
    started.send_signal(signal.SIGKILL)
    started.wait()
    assert not target.exists()
    assert absah("init", "--role", "agency", "--data", target).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_an_output_that_cannot_be_written_is_refused_before_anything_else_is_asked(tmp_path):
    source = tmp_path / "in.pdf"
    source.write_bytes(b"%PDF-1.7")
    refused = absah("sign", source, "-o", tmp_path / "missing" / "out.pdf", "--signer", "9999994107740001", "--json")
    assert refused.returncode == 65
    assert '"cli.file-not-written"' in refused.stdout


CEREMONY = """format: 1
ceremony: akar
title: Akar UJI COBA
place: Kota Contoh
people: [{name: Budi Contoh, role: custodian}]
steps:
  - {step: make-key, key: root, algorithm: ec-p256}
  - {step: certify-root, key: root, common_name: Akar UJI COBA, organisation: Absah, output: root.cer}
"""


def test_a_ceremony_is_rehearsed_held_as_reviewed_and_verified(tmp_path):
    (tmp_path / "akar.yaml").write_text(CEREMONY)
    rehearsed = absah("ceremony", "check", tmp_path / "akar.yaml", "--json")
    assert rehearsed.returncode == 0, rehearsed.stderr
    reviewed = json.loads(rehearsed.stdout)["reviewed"]
    assert [path.name for path in tmp_path.iterdir()] == ["akar.yaml"]
    run = ("ceremony", "run", tmp_path / "akar.yaml", "-o", tmp_path / "out", "--json", "--reviewed")
    refused = absah(*run, reviewed.replace("a", "b"))
    assert (refused.returncode, json.loads(refused.stdout)["error"]) == (1, "ceremony.file-not-reviewed")
    held = absah(*run, reviewed)
    assert held.returncode == 0, held.stderr
    assert json.loads(held.stdout)["shares"] == ["1-budi-contoh.share"]
    verify = ("ceremony", "verify", tmp_path / "out", "--json", "--key")
    assert absah(*verify, json.loads(held.stdout)["key"]).returncode == 0
    assert json.loads(absah(*verify, reviewed).stdout)["error"] == "ceremony.record-of-others"
    (tmp_path / "out" / "root.cer").write_bytes(b"another")
    assert json.loads(absah(*verify[:-1]).stdout)["error"] == "ceremony.record-altered"


def test_a_ceremony_without_a_word_or_with_a_file_that_is_none_is_refused_by_code(tmp_path):
    answer = absah("ceremony", "--json")
    assert (answer.returncode, json.loads(answer.stdout)["error"]) == (64, "cli.usage")
    (tmp_path / "note.txt").write_text("no share here")
    answer = absah("ceremony", "check", tmp_path / "note.txt", "--json")
    assert (answer.returncode, json.loads(answer.stdout)["error"]) == (65, "pki.ceremony-malformed")
    words = ("ceremony", "run", tmp_path / "note.txt", "-o", tmp_path / "out", "--reviewed", "0", "--json")
    answer = absah(*words, "--share", tmp_path / "note.txt")
    assert (answer.returncode, json.loads(answer.stdout)["error"]) == (65, "pki.share-unreadable")


def test_a_ceremony_that_is_killed_leaves_nothing_and_can_be_held_again(tmp_path):
    second = "\n  - {step: make-key, key: spare, algorithm: rsa-4096}\n"
    (tmp_path / "akar.yaml").write_text(CEREMONY.rstrip() + second)
    reviewed = json.loads(absah("ceremony", "check", tmp_path / "akar.yaml", "--json").stdout)["reviewed"]
    words = ("ceremony", "run", str(tmp_path / "akar.yaml"), "-o", str(tmp_path / "out"), "--reviewed", reviewed)
    started = subprocess.Popen([sys.executable, "-m", "absah_site.cli", *words], stdout=subprocess.PIPE)
    assert started.stdout is not None
    started.stdout.readline()  # the first step is done; the last takes long
    started.send_signal(signal.SIGKILL)
    started.communicate()
    assert not (tmp_path / "out").exists()
    assert absah(*words).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["akar.yaml", "out"]


def test_the_version_is_an_object_where_one_is_asked_for():
    assert set(json.loads(absah("--version", "--json").stdout)) == {"version"}


def test_a_folder_that_cannot_be_made_is_bad_input_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").touch()
    answer = absah("init", "--role", "agency", "--data", tmp_path / "file" / "x", "--json")
    assert (answer.returncode, json.loads(answer.stdout)["error"]) == (65, "cli.folder-not-made")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_database_that_does_not_answer_leaves_no_instance(tmp_path):
    nowhere = "postgresql://nobody@127.0.0.1:1/absah"
    answer = absah("init", "--role", "agency", "--data", tmp_path / "x", "--database", nowhere, "--json")
    assert (answer.returncode, json.loads(answer.stdout)["error"]) == (75, "cli.database-unusable")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.enable_socket
def test_an_address_in_use_is_said_before_anything_is_started(tmp_path):
    assert absah("init", "--role", "agency", "--data", tmp_path / "x").returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = absah("up", "--data", tmp_path / "x", "--port", str(port), "--json")
    assert (answer.returncode, json.loads(answer.stdout)["error"]) == (75, "cli.address-unusable")
    assert absah("up", "--data", tmp_path / "x", "--port", "99999").returncode == 64


@pytest.mark.parametrize("box", ["1,10,10,-5,0", "1,10,10,nan,5", "1,10", "x"])
def test_a_box_without_a_size_is_bad_usage(tmp_path, box):
    answer = absah("sign", "in.pdf", "-o", tmp_path / "out.pdf", "--signer", "9999994107740001", "--box", box)
    assert answer.returncode == 64


def test_a_place_for_later_without_a_certification_is_bad_usage(tmp_path):
    answer = absah("sign", "in.pdf", "-o", tmp_path / "out.pdf", "--signer", "9999994107740001", "--later", "#")
    assert answer.returncode == 64


def test_the_init_of_a_killed_demo_is_cleared_too(tmp_path):
    dead = gone_process()
    (tmp_path / f"..x.demo-{dead}.init-{dead}" / "run").mkdir(parents=True)
    sweep(tmp_path / "x", "demo")
    assert list(tmp_path.iterdir()) == []


def test_a_verification_writes_its_report_in_the_form_that_was_asked_for(tmp_path):
    from tests.fakes.documents import agreement

    document = tmp_path / "a.pdf"
    document.write_bytes(agreement())
    for form, begins in (("json", b"{"), ("xml", b"<?xml"), ("pdf", b"%PDF")):
        output = tmp_path / f"r.{form}"
        done = absah("verify", document, "--data", tmp_path / "none", "--report", form, "-o", output, "--detailed")
        assert done.returncode == 3, done.stderr
        assert output.read_bytes().startswith(begins)
    assert absah("verify", document, "--data", tmp_path / "none", "--report", "json").returncode == 64


def test_the_first_officer_and_the_last_are_helped_by_links_from_the_machine(tmp_path):
    where = ("--data", tmp_path / "x", "--json")
    assert absah("init", "--role", "agency", *where).returncode == 0
    person = ("--full-name", "Melati Anggraini", "--email", "melati@sagarabiru.example", "--role", "ca")
    opened = json.loads(absah("account", "open", "melati", *person, *where).stdout)
    reset = [json.loads(absah("account", "reset", "melati", *where).stdout) for _ in range(2)]
    assert "/kata-sandi/" in opened["link"]
    assert all("/faktor-baru/" in one["link"] for one in reset)
    assert reset[0]["link"] != reset[1]["link"]
    nobody = absah("account", "reset", "siapa", *where)
    assert nobody.returncode == 1
    assert "accounts.account-unknown" in nobody.stdout
