"""Bare addresses as links, as on GitHub."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.gfm_autolink._match import match_http

from wiki.letters import SIGNS_BEHIND_ADDRESSES
from wiki.markup.tree_builder import Syntax

_NAME = "gfm_autolink_protocol"
_SCHEME_LENGTH = len("https")
_SCHEME = re.compile(r"https?\Z", re.IGNORECASE)
_HOST_LENGTH = 300  # characters that are looked at first; a host has 253 (RFC 1035)
_REST = re.compile(rf"://[^\s<{SIGNS_BEHIND_ADDRESSES}]+")
_OTHER_SCHEMES = ("mailto", "xmpp")
# Between two letters `_` never begins or ends emphasis (CommonMark 0.31.2, 6.2, rules 2 and 4).
_INNER_UNDERSCORES = re.compile(r"(?<=[A-Za-z0-9])_+(?=[A-Za-z0-9])")


def _install(parser: MarkdownIt) -> None:
    """The plugin, with its search for a scheme before every `:` kept from being quadratic.

    `https://` begins a link wherever no letter stands before it, as on GitHub: in quotation marks,
    behind `=` and in scripts without spaces.
    """
    parser.use(gfm_autolink_plugin)
    rules = parser.inline.ruler
    plugin_rule = next(rule.fn for rule in rules.__rules__ if rule.name == _NAME)

    def after_scheme(state: StateInline, silent: bool) -> bool:
        if silent or state.linkLevel:
            return False
        if not state.pending.endswith(_OTHER_SCHEMES):
            return _http(state)
        # The plugin's expression looks through all pending text: leave it a word's length.
        before, state.pending = state.pending[:-10], state.pending[-10:]
        if before:
            word, state.pending = state.pending, before
            state.pushPending()
            state.pending = word
        return plugin_rule(state, silent)

    rules.at(_NAME, after_scheme)
    rules.before("emphasis", "inner_underscores", _inner_underscores)


def _http(state: StateInline) -> bool:
    scheme = _SCHEME.search(state.pending, max(len(state.pending) - _SCHEME_LENGTH, 0))
    if scheme is None:
        return False
    begin = state.pos - len(scheme[0])
    before = state.src[max(begin - 1, 0) : begin]
    # Its beginning first: to look through all that follows, again and again, would be quadratic.
    start = _REST.match(state.src, state.pos, min(state.pos + _HOST_LENGTH, state.posMax))
    if (before.isascii() and before.isalpha()) or not start or not match_http("http" + start[0]):
        return False
    rest = _REST.match(state.src, state.pos, state.posMax)
    found = match_http(scheme[0].lower() + rest[0]) if rest else None
    if found is None:
        return False
    written = state.src[begin : begin + found[1]]
    address = state.md.normalizeLink(written)
    state.pending = state.pending[: scheme.start()]
    opened: Token = state.push("link_open", "a", 1)
    opened.attrs, opened.markup, opened.info = {"href": address}, "autolink", "auto"
    state.push("text", "", 0).content = state.md.normalizeLinkText(written)
    closed: Token = state.push("link_close", "a", -1)
    closed.markup, closed.info = "autolink", "auto"
    state.pos = begin + found[1]
    return True


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
