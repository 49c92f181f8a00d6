"""What the command line says of a wrong command: words that people type, in both languages."""

import argparse
from enum import StrEnum

import pytest

from absah.cli.terminal import Parser, UsageWrong
from absah.cli.usage import one_of, unknown_command
from absah.kernel.messages import Language, explain


class Colour(StrEnum):
    GREEN = "hijau"
    RED = "merah"


def parser() -> Parser:
    made = Parser(prog="absah x")
    made.add_argument("file")
    made.add_argument("--number", type=int)
    either = made.add_mutually_exclusive_group()
    either.add_argument("--colour", **one_of(Colour), default=Colour.GREEN)
    either.add_argument("--shape", choices=["bulat", "persegi"])
    made.add_argument("--name", type=_refuse)
    return made


def _refuse(written: str) -> str:
    raise argparse.ArgumentTypeError(f"{written} is not wanted")


@pytest.mark.parametrize(
    ("words", "indonesian", "english"),
    [
        ("a --colour biru", "--colour: biru tidak ada dalam pilihan. Pilih hijau, merah.", "Choose hijau, merah."),
        ("a --shape biru", "--shape: biru tidak ada dalam pilihan. Pilih bulat, persegi.", "none of the choices"),
        ("a --number x", "--number: x bukan nilai yang benar.", "--number: x is not a right value."),
        ("a --number", "--number memerlukan sebuah nilai.", "--number needs a value."),
        ("a --colour merah --shape bulat", "--shape dan --colour tidak dapat dipakai bersama.", "used together"),
        ("", "yang wajib belum ada: file.", "what is required is missing: file."),
        ("a --nix", "tidak dikenal: --nix.", "not known: --nix."),
        ("a --name x", "argument --name: x is not wanted", "argument --name: x is not wanted"),
    ],
)
def test_a_wrong_command_is_told_in_both_languages(
    words: str, indonesian: str, english: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageWrong) as refused:
        parser().parse_args(words.split())
    assert indonesian in explain(refused.value, Language.INDONESIAN).cause
    assert english in explain(refused.value, Language.ENGLISH).cause
    assert "{hijau,merah}" in capsys.readouterr().err


def test_a_choice_among_values_gives_the_value() -> None:
    assert parser().parse_args(["a", "--colour", "merah"]).colour is Colour.RED
    assert parser().parse_args(["a"]).colour is Colour.GREEN


def test_a_command_that_does_not_exist_is_named() -> None:
    refused = UsageWrong(problem=unknown_command("tandatangan"))
    for language, said in ((Language.INDONESIAN, "perintah tandatangan tidak ada"), (Language.ENGLISH, "no command")):
        assert said in explain(refused, language).cause
