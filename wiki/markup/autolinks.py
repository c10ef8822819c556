"""Bare addresses as links, as on GitHub."""

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

_SCHEMES = ("http", "https", "mailto", "xmpp")
_NAME = "gfm_autolink_protocol"


def install(parser: MarkdownIt) -> None:
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
