"""Turns bare URLs and mail addresses into links, as on GitHub."""

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
_HOST_LENGTH = 300  # characters that are examined first; a host has at most 253 (RFC 1035)
_REST = re.compile(rf"://[^\s<{SIGNS_BEHIND_ADDRESSES}]+")
_OTHER_SCHEMES = ("mailto", "xmpp")
# Between letters, `_` can neither begin nor end emphasis (CommonMark 0.31.2, 6.2, rules 2 and 4).
_INNER_UNDERSCORES = re.compile(r"(?<=[A-Za-z0-9])_+(?=[A-Za-z0-9])")


def _install(parser: MarkdownIt) -> None:
    """Add the linkify plugin, changed so that its search for a scheme is not quadratic.

    As on GitHub, `https://` begins a link unless a letter precedes it: also in quotation marks,
    after `=` and in scripts without spaces.
    """
    parser.use(gfm_autolink_plugin)
    rules = parser.inline.ruler
    plugin_rule = next(rule.fn for rule in rules.__rules__ if rule.name == _NAME)

    def after_scheme(state: StateInline, silent: bool) -> bool:
        if silent or state.linkLevel:
            return False
        if not state.pending.endswith(_OTHER_SCHEMES):
            return _http(state)
        # The plugin searches all pending text: pass it only the length of a word.
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
    # Match the beginning first: searching all of the rest each time would be quadratic.
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
    """Keep `first_last@example.org` in one token for the rule that searches backwards from `@`."""
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
