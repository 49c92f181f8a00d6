import argparse
import json
import os
import stat

import pytest

from absah.cli import terminal as module
from absah.cli.terminal import (
    Exit,
    FileNotWritten,
    Parser,
    Terminal,
    UsageWrong,
    add_common_options,
    answer,
    check_writable,
    on_one_line,
    write_file,
)
from absah.kernel.messages import Language


def broken() -> int:
    raise ZeroDivisionError


def test_our_own_fault_is_one_json_object_for_a_program(capsys):
    assert answer(broken, Terminal(language=Language.ENGLISH, as_json=True)) == Exit.INTERNAL
    assert json.loads(capsys.readouterr().out)["error"] == "cli.internal"


def test_our_own_fault_is_a_sentence_beside_the_output_for_a_person(capsys):
    assert answer(broken, Terminal(language=Language.INDONESIAN, as_json=False)) == Exit.INTERNAL
    said = capsys.readouterr()
    assert said.out == ""
    assert "bukan pada Anda" in said.err


def test_a_fault_that_nobody_can_be_told_of_still_ends_with_its_status(monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    forgotten = []
    monkeypatch.setattr(module, "print", full, raising=False)
    monkeypatch.setattr(module, "forget_output", lambda: forgotten.append(True))
    assert answer(full, Terminal(language=Language.ENGLISH, as_json=True)) == Exit.INTERNAL
    assert forgotten


def test_a_language_that_we_do_not_speak_is_bad_usage():
    parser = Parser(prog="absah")
    add_common_options(parser)
    assert parser.parse_args(["--lang", "en"]) == argparse.Namespace(json=False, lang="en")
    with pytest.raises(UsageWrong):
        parser.parse_args(["--lang", "fr"])


def test_a_name_as_long_as_names_can_be_is_written(tmp_path):
    path = tmp_path / ("x" * 255)
    check_writable(path)
    write_file(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path):
    target, link = tmp_path / "target.pdf", tmp_path / "link.pdf"
    link.symlink_to(target.name)
    write_file(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_pipe_is_written_into_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        check_writable(pipe)
        write_file(pipe, b"through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("attempt", [check_writable, lambda path: write_file(path, b"x")])
@pytest.mark.parametrize("name", ["missing/out.pdf", "file/out.pdf", "folder", "y" * 256])
def test_what_cannot_be_written_is_refused_and_leaves_nothing_behind(tmp_path, name, attempt):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileNotWritten):
        attempt(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_the_name_of_a_file_moves_no_terminal_and_is_told_whatever_it_is(capsys):
    odd = "caf\udce9\n\x1b[31m\u202efdp.pdf"
    assert on_one_line("kafé 1.pdf") == "kafé 1.pdf"
    assert on_one_line(odd) == "caf\\udce9\\n\\x1b[31m\\u202efdp.pdf"
    Terminal(language=Language.ENGLISH, as_json=True).result(name=odd)
    assert json.loads(capsys.readouterr().out) == {"name": odd}
