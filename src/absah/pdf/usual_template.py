"""The template that counts where none is named.

It is read when somebody first draws with it. To read it takes pydantic, whose loading costs a worker that never draws a
fifth of its start.
"""

from functools import cache

from absah.pdf.appearance_template import Template


@cache
def usual_template() -> Template:
    """As it is shipped."""
    from absah.pdf.template_files import DEFAULT_TEMPLATE  # noqa: PLC0415  (see above)

    return DEFAULT_TEMPLATE
