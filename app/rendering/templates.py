"""Templates, compiled once for each language that is asked for, so that their messages are constants."""

import logging
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import cast

from flask import Flask, current_app
from jinja2 import Environment, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from ..i18n import catalogue, direction, language, translate
from .theme import Theme

_log = logging.getLogger("backmatter")
_ENVIRONMENTS = "backmatter.templates"
_CALL = ("name", "lparen", "string", "rparen")
_READER = ("name", "lparen", "rparen")


class MessageTranslation(Extension):
    """Replaces `_("A message")` by its translation, and `language()` by the name of the language.

    Messages with values to fill in, as in `_("%(count)s posts", count=2)`, are translated when they are shown.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens of a template."""
        tokens, at, reader = list(stream), 0, str(self.environment.globals["reader"])
        while at < len(tokens):
            token, kinds = tokens[at], tuple(token.type for token in tokens[at : at + 4])
            if kinds == _CALL and token.value == "_":
                yield Token(token.lineno, "string", translate(tokens[at + 2].value, reader))
                at += len(_CALL)
            elif kinds[:3] == _READER and token.value == "language":
                yield Token(token.lineno, "string", reader)
                at += len(_READER)
            else:
                yield token
                at += 1


class DirectCode(CodeGenerator):
    """Compiles templates to code that puts values in place with less work.

    Jinja looks up an attribute through three functions, in case that it is an item, asks whatever is called whether it
    wants the context, and makes an object of every value that is escaped, of which a page has hundreds.
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 (Jinja's name)
        """Read an attribute."""
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        """Call a function that is an attribute, and wants no context, as it is."""
        is_plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs or forward_caller)
        if not isinstance(node.node, nodes.Getattr) or not is_plain:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


def escaped(value: object) -> str:
    """Return a value as HTML, with the references that MarkupSafe writes."""
    if isinstance(value, Markup):
        return value
    text = value if isinstance(value, str) else str(value)
    # A replacement of what is not there costs less than looking for it.
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("'", "&#39;").replace('"', "&#34;")


def install(app: Flask, theme: Theme, **values: object) -> None:
    """Make the templates of an application, ours and those of a theme, all of which know it and these values."""
    app.extensions[_ENVIRONMENTS] = cache(partial(_environment, app, theme, {**values, "theme": theme}))


def _environment(
    app: Flask, theme: Theme, values: dict[str, object], reader: str, *, has_theme: bool = True
) -> Environment:
    environment = app.create_jinja_environment()
    if theme.templates and has_theme and environment.loader:
        environment.loader = theme.loader(environment.loader)
    environment.undefined = StrictUndefined
    environment.code_generator_class = DirectCode
    environment.escaped = escaped  # type: ignore[attr-defined]
    environment.globals |= {**values, "reader": reader, "direction": direction(reader)}
    # All templates have the same ones: Jinja would layer them anew, and compare the layers for each template on a page.
    environment.make_globals = lambda _: environment.globals  # type: ignore[assignment,method-assign]
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_translations(catalogue(reader), newstyle=True)  # type: ignore[attr-defined]
    environment.add_extension(MessageTranslation)
    return environment


def render_template(name: str, **values: object) -> str:
    """Fill in a template in the reader's language; ours, where that of a theme fails."""
    environment_of: Callable[..., Environment] = current_app.extensions[_ENVIRONMENTS]
    environment = environment_of(language())
    try:
        return environment.get_template(name).render(values)
    except Exception:
        if not cast(Theme, environment.globals["theme"]).templates:
            raise
        _log.exception("theme: %s fails, so that readers get the one that comes along", name)
    return environment_of(language(), has_theme=False).get_template(name).render(values)
