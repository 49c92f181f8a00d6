"""The documents of the repository are true, and the tool that says so can say otherwise."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tools import check_docs, doc_facts
from tools.check_docs import ROOT

Write = Callable[[str, str], Path]


@pytest.mark.parametrize("check", check_docs.CHECKS, ids=lambda check: check.__name__)
def test_the_documents_are_true(check: Callable[[Path], Iterator[str]]) -> None:
    assert list(check(ROOT)) == []


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a page into an empty repository; gives the repository."""

    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return put


def test_a_link_to_nothing_is_found_and_a_good_one_is_not(write: Write) -> None:
    write("docs/there.md", "# There\n\n## Its heading, written `so`\n")
    root = write("README.md", "[a](docs/there.md#its-heading-written-so) [b](docs/gone.md) [c](docs/there.md#gone)")

    assert list(check_docs.broken_links(root)) == [
        "README.md: link to docs/gone.md, which is not there",
        "README.md: link to docs/there.md#gone, which has no such heading",
    ]


def test_a_page_without_a_way_to_it_is_found(write: Write) -> None:
    write("docs/howto/near.md", "# Near")
    write("docs/howto/lost.md", "# Lost")
    root = write("docs/index.md", "[near](howto/near.md)")

    assert list(check_docs.unreachable_pages(root)) == ["docs/howto/lost.md: no way leads here from docs/index.md"]


def test_a_make_target_that_does_not_exist_is_found(write: Write) -> None:
    write("Makefile", "demo: install\n\ttrue\n")
    root = write("README.md", "Run `make demo`, then `make coffee`; make sure of it.")

    assert list(check_docs.unknown_targets(root)) == ["README.md: `make coffee` does not exist"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("absah verify document.pdf --json", None),
        ("ABSAH_DATA=var/demo .venv/bin/absah doctor   # what is wrong?", None),
        ("absah sign in.pdf -o out.pdf --signer 9999010101900001 --level B-LTA < passphrase", None),
        ("absah verify", "required"),
        ("absah verify a.pdf --quietly", "unrecognized arguments: --quietly"),
        ("absah sign in.pdf -o out.pdf --signer 9999010101900001 --level B-X", "invalid"),
        ("absah celebrate", "no such command"),
        ("openssl verify a.pdf", None),
    ],
)
def test_a_command_that_would_be_refused_is_found(write: Write, capsys, line: str, said: str | None) -> None:
    root = write("README.md", f"```sh\n{line}\n```\n")

    found = list(check_docs.unlawful_commands(root))

    capsys.readouterr()  # argparse prints its usage
    assert [said in sentence for sentence in found] == ([True] if said else [])


def test_an_option_or_command_without_description_is_found(write: Write) -> None:
    text = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    root = write(
        "docs/reference/command-line.md", text.replace("`--certify", "`--c", 2).replace("## `absah audit`", "## x")
    )

    assert list(doc_facts.undocumented_options(root)) == [
        "docs/reference/command-line.md: `absah sign` has --certify, which is not described",
        "docs/reference/command-line.md: no section `absah audit`",
    ]


def test_a_setting_without_description_and_a_description_without_setting_are_found(write: Write) -> None:
    text = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    root = write("docs/reference/settings.md", text.replace("| `base_url`", "| `base_uri`"))

    assert list(doc_facts.undocumented_settings(root)) == [
        "docs/reference/settings.md: the setting base_url is not described",
        "docs/reference/settings.md: there is no setting base_uri",
    ]


def test_an_operation_of_the_signer_without_description_is_found(write: Write) -> None:
    text = (ROOT / "docs/reference/signer-protocol.md").read_text(encoding="utf-8")
    root = write("docs/reference/signer-protocol.md", text.replace("| `ping`", "| `pong`"))

    assert list(doc_facts.undocumented_operations(root)) == [
        "docs/reference/signer-protocol.md: the operation ping is not described",
        "docs/reference/signer-protocol.md: the operation pong is gone",
    ]


def test_a_setting_of_a_section_without_description_is_found(write: Write) -> None:
    text = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    root = write("docs/reference/settings.md", text.replace("idle_minutes", "idle").replace("pin_file", "pin"))

    assert list(doc_facts.undocumented_settings(root)) == [
        "docs/reference/settings.md: the setting idle_minutes of a section is not described",
        "docs/reference/settings.md: the setting pin_file of a section is not described",
    ]


def test_a_variable_that_nobody_reads_and_one_that_is_not_described_are_found(write: Write) -> None:
    write("src/new.py", 'os.environ.get("ABSAH_NEW")')
    root = write("docs/reference/settings.md", "## Environment\n\n| `ABSAH_OLD` | x |\n")

    assert list(doc_facts.undocumented_variables(root)) == [
        "docs/reference/settings.md: the variable ABSAH_NEW is not described",
        "docs/reference/settings.md: the variable ABSAH_OLD is not read",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("absah worker --once", None),
        ("absah audit retire --before DATE", None),
        ("absah COMMAND --help", None),
        ("absah tree head", None),
        ("absah lint FILE", None),
        ("absah celebrate", "no such command"),
        ("absah verify --quietly FILE", "no option --quietly"),
    ],
)
def test_a_command_in_running_text_that_does_not_exist_is_found(write: Write, words: str, said: str | None) -> None:
    root = write("changes/+new.feature.md", f"Now with `{words}`.")

    assert list(doc_facts.unknown_commands(root)) == ([f"changes/+new.feature.md: `{words}`: {said}"] if said else [])


def test_a_figure_or_event_that_is_gone_or_not_described_is_found(write: Write) -> None:
    write("src/absah_site/oversight/views/metrics.py", 'Gauge("absah_rows", "How many")')
    write("docs/howto/run-the-authority.md", "| `absah_lines{kind}` | how many |")
    events = (ROOT / "docs/howto/receive-webhooks.md").read_text(encoding="utf-8")
    root = write("docs/howto/receive-webhooks.md", events.replace("`person.left`", "`person.gone`"))

    assert list(doc_facts.undocumented_figures(root)) == [
        "docs/howto/run-the-authority.md: the figure absah_lines is gone",
        "docs/howto/run-the-authority.md: the figure absah_rows is not described",
    ]
    assert list(doc_facts.undocumented_events(root)) == [
        "docs/howto/receive-webhooks.md: the event person.gone is gone",
        "docs/howto/receive-webhooks.md: the event person.left is not described",
    ]


def test_a_code_or_place_that_is_not_there_is_found(write: Write) -> None:
    write("src/absah/kernel/catalogue/en/web.toml", '["web.too-large"]\ntext = "Too large."\n')
    root = write("README.md", "`web.too-large`, `web.too-small`, `a.too-small`; `src/absah` and `src/gone.py`.")

    assert list(doc_facts.unknown_codes(root)) == ["README.md: there is no code web.too-small"]
    assert list(doc_facts.unknown_places(root)) == ["README.md: there is no src/gone.py"]


def test_a_change_that_nobody_would_gather_or_read_is_found(write: Write) -> None:
    write("pyproject.toml", '[[tool.towncrier.type]]\ndirectory = "fix"\n')
    write("changes/+good.fix.md", "Lists are sorted.\n")
    write("changes/+kind.changed.md", "Lists are sorted.\n")
    root = write("changes/+long.fix.md", "Lists are sorted. " * 30)

    assert list(doc_facts.unfit_changes(root)) == [
        "changes/+kind.changed.md: there is no such kind of change",
        "changes/+long.fix.md: is not one or two sentences of at most 450 characters",
    ]


def test_readmes_that_differ_are_found(write: Write) -> None:
    write("README.md", "# Absah\n\n## Try\n\n```sh\nmake demo   # all of it\n```\n")
    root = write("README.id.md", "# Absah\n\n### Coba\n\n```sh\nmake test   # semuanya\n```\n")

    assert len(list(check_docs.uneven_readmes(root))) == 2

    write("README.id.md", "# Absah\n\n## Coba\n\n```sh\nmake demo   # semuanya\n```\n")

    assert list(check_docs.uneven_readmes(root)) == []


def test_a_decision_without_number_or_consequences_is_found(write: Write) -> None:
    write("docs/decisions/0001-good.md", "# 1. Good\n\n## Context\n\n## Decision\n\n## Consequences\n")
    root = write("docs/decisions/0003-gap.md", "# 3. Gap\n\n## Context\n\n## Decision\n")

    assert list(check_docs.odd_decisions(root)) == [
        "docs/decisions/0003-gap.md: is not number 2",
        "docs/decisions/0003-gap.md: has not the parts Context, Decision, Consequences",
    ]
