"""What `absah sign-batch` says at its end."""

from pathlib import Path

import pytest

from absah.adapters.batch_folders import BatchFolders, NameNotText
from absah.adapters.batch_run import BatchReport, NameResult
from absah.cli.terminal import Exit, Terminal
from absah.kernel.messages import Language
from absah_site.cli.sign_batch import conclude

REFUSED = (
    NameResult(name="fifo.pdf", state="failed", code="engine.file-unread", parameters={"problem": "not a file"}),
    NameResult(name="caf\udce9.pdf", state="failed", code=NameNotText.code),
)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ENGLISH, ["could not be read from the disk: not a file", "not text (UTF-8)"]),
        (Language.INDONESIAN, ["tidak dapat dibaca dari cakram: not a file", "bukan teks (UTF-8)"]),
    ],
)
def test_each_refused_file_is_told_with_its_cause(language, words, tmp_path: Path, capsys):
    folders = BatchFolders(inputs=tmp_path / "in", outputs=tmp_path / "out")
    report = BatchReport(results=REFUSED, stopped=None)
    assert conclude(report, folders, Terminal(language=language, as_json=False)) == Exit.REFUSED
    pipe, odd, _ = capsys.readouterr().out.splitlines()
    assert (pipe.partition(":")[0], odd.partition(":")[0]) == ("fifo.pdf", r"caf\udce9.pdf")
    assert words[0] in pipe
    assert words[1] in odd
    assert odd.endswith(f"[{NameNotText.code}]")
