"""Where templates of visible signatures come from: TOML, checked.

Shipped ones are in `appearance_templates/`; an agency adds files of the same shape in a folder of its instance, and one
of the same name counts before ours.
"""

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from absah.pdf.appearance_template import (
    LineStyle,
    Part,
    Side,
    Template,
    TemplateUnknown,
    TemplateUnreadable,
    Tone,
)

DEFAULT_NAME: Final = "biasa"
_MOST_LINES: Final = 8
_SUFFIX: Final = ".toml"

_Points = Annotated[float, Field(ge=24, le=600)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shows: Part
    size: Annotated[float, Field(ge=4, le=24)]
    bold: bool = False
    tone: Tone = Tone.STRONG


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    heading: Annotated[str, Field(max_length=100)] = ""
    code: Side
    picture: Side
    fingerprint: bool
    frame: bool
    width: Annotated[_Points, Field(ge=60)]
    height: _Points
    line: Annotated[list[_Line], Field(min_length=1, max_length=_MOST_LINES)]


def parse_template(name: str, text: str, /) -> Template:
    """A template from its TOML. Raises TemplateUnreadable."""
    try:
        read = _File.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as problem:
        raise TemplateUnreadable(problem=type(problem).__name__) from problem
    shown = [line.shows for line in read.line]
    if Part.NAME not in shown:
        raise TemplateUnreadable(problem="name")
    if len(set(shown)) < len(shown):
        raise TemplateUnreadable(problem="repetition")
    return Template(
        name=name,
        heading=read.heading,
        lines=tuple(LineStyle(shows=one.shows, size=one.size, bold=one.bold, tone=one.tone) for one in read.line),
        code=read.code,
        picture=read.picture,
        fingerprint=read.fingerprint,
        frame=read.frame,
        width=read.width,
        height=read.height,
    )


@cache
def template_names() -> tuple[str, ...]:
    """The shipped templates."""
    return templates_in(files("absah.pdf") / "appearance_templates")


@cache
def load_template(name: str, /) -> Template:
    """A shipped template. Raises TemplateUnknown."""
    return read_template(name, files("absah.pdf") / "appearance_templates")


def templates_in(*folders: Traversable) -> tuple[str, ...]:
    """The names of the templates in these folders; those that are not there have none."""
    pages = (page.name for folder in folders if folder.is_dir() for page in folder.iterdir())
    return tuple(sorted({name.removesuffix(_SUFFIX) for name in pages if name.endswith(_SUFFIX)}))


def read_template(name: str, /, *folders: Traversable) -> Template:
    """A template from the first of these folders that has it. Raises TemplateUnknown, TemplateUnreadable."""
    known = templates_in(*folders)
    if name not in known:
        raise TemplateUnknown(template=name[:60], known=", ".join(known))
    page = next(page for folder in folders if (page := folder / f"{name}{_SUFFIX}").is_file())
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise TemplateUnreadable(problem=type(problem).__name__) from problem
    return parse_template(name, text)


def agency_template(name: str, folder: Path, /) -> Template:
    """A template of an agency's own folder, or else a shipped one. Raises TemplateUnknown, TemplateUnreadable."""
    return read_template(name, folder, files("absah.pdf") / "appearance_templates")


DEFAULT_TEMPLATE: Final = load_template(DEFAULT_NAME)
