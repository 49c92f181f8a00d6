"""Every error has words in both languages, the words fit the parameters, and no words are left over."""

import ast
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from types import ModuleType

import pytest
from tools.render_errors import load_everything, our_errors, placeholders

from absah.audit import tags
from absah.audit.tags import Tag
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Language, catalogue
from absah_site.ledger.words import ACTS

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*")


@pytest.fixture(scope="module")
def modules() -> tuple[ModuleType, ...]:
    """Every module of the library and the site, imported, so that every class exists."""
    return load_everything()


@pytest.fixture(scope="module")
def errors(modules: tuple[ModuleType, ...]) -> tuple[type[AbsahError], ...]:
    assert modules
    return our_errors()


def test_an_error_has_a_code_of_its_own_and_words_in_both_languages(errors) -> None:
    inherited = [error.__qualname__ for error in errors if "code" not in vars(error)]
    malformed = [error.code for error in errors if not CODE.fullmatch(error.code)]
    wordless = [
        (error.code, language.value)
        for error in errors
        for language in Language
        if catalogue(language).get(error.code, {}).keys() != {"cause", "next"}
    ]

    assert (inherited, malformed, wordless) == ([], [], [])


def test_no_two_errors_share_a_code(errors) -> None:
    counted = Counter(error.code for error in errors)

    assert [code for code, times in counted.items() if times > 1] == []


def test_no_error_words_are_left_over(errors) -> None:
    codes = {error.code for error in errors}
    written = {message for message, words in catalogue(Language.ENGLISH).items() if "cause" in words}

    assert written - codes == set()


def test_both_languages_have_the_same_messages_of_the_same_shape_with_the_same_placeholders() -> None:
    english, indonesian = catalogue(Language.ENGLISH), catalogue(Language.INDONESIAN)

    assert english.keys() ^ indonesian.keys() == set()
    for message in english:
        assert english[message].keys() == indonesian[message].keys(), message
        assert _named(english[message]) == _named(indonesian[message]), message


def _named(words) -> frozenset[str]:
    return frozenset().union(*(placeholders(sentence) for sentence in words.values()))


@pytest.mark.parametrize("language", Language)
def test_a_message_is_an_error_or_a_text_and_says_something(language: Language) -> None:
    for message, words in catalogue(language).items():
        assert words.keys() in ({"cause", "next"}, {"text"}), message
        for sentence in words.values():
            assert sentence == sentence.strip() != "", message
            assert not re.search(r"\bTODO\b|\bFIXME\b|\?\?\?", sentence), message


def raised(module: ModuleType) -> Iterator[tuple[str, type[AbsahError], frozenset[str] | None]]:
    """Where a module makes an error: place, class, and the names of its parameters (None if passed as a mapping)."""
    for node in _nodes(module):
        if not isinstance(node, ast.Call):
            continue
        made = _resolve(node.func, module)
        if isinstance(made, type) and issubclass(made, AbsahError):
            names = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
            spread = any(keyword.arg is None for keyword in node.keywords)
            yield f"{module.__name__}:{node.lineno}", made, None if spread else names


def _nodes(module: ModuleType) -> Iterator[ast.AST]:
    try:
        source = inspect.getsource(module)
    except OSError:  # an empty __init__
        return
    yield from ast.walk(ast.parse(source))


def _resolve(function: ast.expr, module: ModuleType) -> object:
    match function:
        case ast.Name(id=name):
            return getattr(module, name, None)
        case ast.Attribute(value=ast.Name(id=holder), attr=name):
            return getattr(getattr(module, holder, None), name, None)
        case _:
            return None


def test_only_leaves_of_the_tree_are_raised(modules, errors) -> None:
    made = [made for module in modules for made in raised(module)]

    assert [(place, error.__name__) for place, error, _ in made if error not in errors] == []


def test_an_error_is_made_with_every_parameter_that_its_words_name(modules) -> None:
    short = []
    for place, error, names in (made for module in modules for made in raised(module)):
        missing = _named(catalogue(Language.ENGLISH).get(error.code, {})) - names if names is not None else None
        if missing:
            short.append((place, error.code, sorted(missing)))

    assert short == []


def test_the_walk_over_the_code_finds_what_is_raised() -> None:
    found = {(error.code, names) for _, error, names in raised(importlib.import_module("absah.kernel.people"))}

    assert found == {("people.nik-malformed", frozenset({"problem"})), ("people.nip-malformed", frozenset({"problem"}))}


#: Functions that take a message id first and its parameters by keyword.
SPEAKERS = frozenset({"render", "render_message", "say", "well", "warning", "broken"})
MESSAGE = re.compile(r"[a-z]+(\.[a-z0-9-]+)+")


def spoken(module: ModuleType) -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Where a module says a message: place, id, and the names of its parameters (None if passed as a mapping)."""
    for node in _nodes(module):
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(message)), *_]
            ) if name in SPEAKERS and MESSAGE.fullmatch(message):
                names = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                spread = any(keyword.arg is None for keyword in node.keywords)
                yield f"{module.__name__}:{node.lineno}", message, None if spread else names


def test_what_is_said_has_words_and_every_parameter_that_they_name(modules) -> None:
    words = catalogue(Language.ENGLISH)
    said = [said for module in modules for said in spoken(module)]

    assert said
    assert [(place, message) for place, message, _ in said if "text" not in words.get(message, {})] == []
    assert [
        (place, message, sorted(_named(words[message]) - names))
        for place, message, names in said
        if names is not None and _named(words[message]) - names
    ] == []


def test_an_id_that_is_put_together_finds_words(modules) -> None:
    """`render(f"doctor.{state}", …)`: some message begins so. Which ones, only running it can tell."""
    texts = [message for message, words in catalogue(Language.ENGLISH).items() if "text" in words]
    beginnings = [
        (module.__name__, beginning)
        for module in modules
        for node in _nodes(module)
        for beginning in _begun(node)
        if not any(message.startswith(beginning) for message in texts)
    ]

    assert beginnings == []


def _begun(node: ast.AST) -> Iterator[str]:
    """The constant beginning of an id that is put together where it is said."""
    match node:
        case ast.Call(
            func=ast.Name(id=name) | ast.Attribute(attr=name),
            args=[ast.JoinedStr(values=[ast.Constant(value=str(beginning)), *_]), *_],
        ) if name in SPEAKERS and "." in beginning:
            yield beginning


def test_no_text_is_left_over(modules) -> None:
    """An id stands in the code as it is, or as a beginning that the code completes with a value of an enumeration."""
    whole, beginnings = set(), set()
    for module in modules:
        for node in _nodes(module):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(beginning)), *_]):
                    beginnings.add(beginning)
                case ast.Constant(value=str(text)):
                    whole.add(text)
    texts = {message for message, words in catalogue(Language.ENGLISH).items() if "text" in words}
    beginnings = {beginning for beginning in beginnings if "." in beginning and MESSAGE.match(beginning)}

    assert {message for message in texts - whole if not message.startswith(tuple(beginnings))} == set()


def test_every_act_of_the_ledger_has_words_for_its_pages() -> None:
    """A page of the ledger, and the one where people see what was done with their data, says each in words."""
    acts = {act for kind in vars(tags).values() if isinstance(kind, type) and issubclass(kind, Tag) for act in kind}
    assert set(ACTS) == acts
