"""Bare addresses as links, as on GitHub."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from wiki.markup.tree_builder import Syntax

_SCHEMES = ("http", "https", "mailto", "xmpp")
_NAME = "gfm_autolink_protocol"
# Between two letters `_` never begins or ends emphasis (CommonMark 0.31.2, 6.2, rules 2 and 4).
_INNER_UNDERSCORES = re.compile(r"(?<=[A-Za-z0-9])_+(?=[A-Za-z0-9])")


def _install(parser: MarkdownIt) -> None:
    """The plugin, with its search for `http` before every `:` kept from being quadratic."""
    parser.use(gfm_autolink_plugin)
    rules = parser.inline.ruler
    plugin_rule = next(rule.fn for rule in rules.__rules__ if rule.name == _NAME)

    def after_scheme(state: StateInline, silent: bool) -> bool:
        if silent or not state.pending.endswith(_SCHEMES):
            return False
        # The plugin's expression looks through all pending text: leave it a word's length.
        before, state.pending = state.pending[:-10], state.pending[-10:]
        if before:
            word, state.pending = state.pending, before
            state.pushPending()
            state.pending = word
        return plugin_rule(state, silent)

    rules.at(_NAME, after_scheme)
    rules.before("emphasis", "inner_underscores", _inner_underscores)


def _inner_underscores(state: StateInline, silent: bool) -> bool:
    """Keep `first_last@example.org` in one piece for the rule that looks back from its `@`."""
    if state.src[state.pos] != "_":
        return False
    found = _INNER_UNDERSCORES.match(state.src, state.pos)
    if found is None or found.end() >= state.posMax:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


SYNTAX = Syntax(_install)
