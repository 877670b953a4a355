"""Templates: messages are constants of a template that is compiled for a language, and are escaped as text is."""

import re
from types import SimpleNamespace

import pytest
from jinja2 import Environment
from markupsafe import Markup

from backmatter.app.rendering.templates import DirectCode, MessageTranslation, escaped
from tests.test_app_i18n import TRANSLATED


def environment(reader: str) -> Environment:
    made = Environment(autoescape=True)
    made.globals["reader"] = reader
    made.add_extension(MessageTranslation)
    return made


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('<p lang="{{ language() }}">{{ _("Search") }}</p>', '<p lang="de">Suchen</p>'),
        ("{% if x %}{{ _('Search') }}{% endif %}{{ x }}", "Suchen1"),
        ('{{ _("Search") ~ x }}', "Suchen1"),
        ("{{ _(\"<No message> & 'none'\") }}", "&lt;No message&gt; &amp; &#39;none&#39;"),
        ('language() _("Search") {{ \'_("Search")\' }}', 'language() _("Search") _(&#34;Search&#34;)'),
    ],
)
def test_a_message_is_translated_when_its_template_is_compiled(template, expected):
    assert environment("de").from_string(template).render(x=1) == expected


@pytest.mark.parametrize("reader", ["en", *TRANSLATED])
def test_no_template_looks_up_a_language_or_a_message_without_values_when_it_is_shown(client, reader):
    made = client.application.extensions["backmatter.templates"](reader)
    for name in made.list_templates():
        source, _, _ = made.loader.get_source(made, name)
        compiled = made.compile(source, name, raw=True)
        assert "resolve('language')" not in compiled
        assert not re.search(r"else l_\d+__\), '(\\.|[^'])*', _(block|loop)_vars", compiled)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ("<b>&'\"", "&lt;b&gt;&amp;&#39;&#34;"),
        (Markup("<mark>&amp;</mark>"), "<mark>&amp;</mark>"),
        (1, "1"),
        (None, "None"),
        (["<i>"], "[&#39;&lt;i&gt;&#39;]"),
    ],
)
def test_values_are_escaped_once_and_attributes_are_read_as_such(value, shown):
    made = Environment(autoescape=True)
    made.code_generator_class = DirectCode
    made.escaped = escaped
    template = (
        "{% macro shown(of) %}{{ of.value }}{% endmacro %}{{ of.value }} {{ shown(of) }} {{ of.first(of.value, 2) }}"
    )
    of = SimpleNamespace(value=value, first=lambda *given: given[0])
    assert made.from_string(template).render(of=of) == f"{shown} {shown} {shown}"
    assert made.from_string("{{ of.value }}").render(of=SimpleNamespace(value=value)) == Environment(
        autoescape=True
    ).from_string("{{ of.value }}").render(of=SimpleNamespace(value=value))
