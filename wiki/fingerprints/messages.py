"""Error messages with placeholders for what differs from machine to machine."""

import re

from wiki.fingerprints.identities import without_identities, without_values

HOLE = "…"
MAX_MESSAGE = 400  # characters that are read; what follows is mostly data

# Built-in types, which messages quote and which say what is wrong.
_TYPES = frozenset(
    {"NoneType", "bool", "bytes", "dict", "float", "function", "generator", "coroutine", "int"}
    | {"list", "method", "module", "object", "property", "range", "set", "slice", "str", "tuple"}
    | {"type", "datetime.date", "datetime.datetime", "decimal.Decimal"}
    | {"bigint", "boolean", "null", "number", "string", "symbol", "undefined"}
    | {"Err", "None", "Ok", "Some"}
    | {"Option::expect()", "Option::unwrap()", "Result::unwrap()", "Result::unwrap_err()"}
)
# Words before the name of a library, which is the same on every machine.
_NAMES_LIBRARY = re.compile(
    r"(?i)(?:no module named|cannot find (?:module|package)|can't resolve|unresolved import"
    r"|can't find crate for|\bpackage|cannot import name \S+ from) ?$"
)
_LIBRARY = re.compile(r"@?[A-Za-z_][\w-]*(?:[./][\w-]+)*")
_FILES = (
    r"py|pyc|ipynb|[mc]?[jt]sx?|go|rs|java|kt|cs|c|cc|cpp|h|hpp|rb|php|json|ya?ml|toml|txt|csv|log"
    r"|html?|css|md|lock|db|sqlite3?|env|ini|cfg|conf|xml|sh|ps1|sql|so|dll|jar|zip|gz|pem|key|git"
    r"|docx?|xlsx?|pptx?|od[tsp]|rtf|pdf|png|jpe?g|gif|svg|webp|mp[34]|tsv|parquet|pkl|tar|tgz|7z|bak"
)
_TOP_LEVELS = (
    r"com|org|net|edu|gov|io|dev|app|ai|cloud|local|localdomain|internal|intern|lan|home|corp|example"
    r"|test|invalid|svc|xyz|info|tech|de|uk|eu|fr|nl|et|ke|ng|in|ca|au|ch|at"
)
_VARYING = re.compile(
    rf"""
      (?P<quoted>(?<![\w'"`])(?:[bBrRuUfF]{{1,2}})?(?:
        '[^'\n]*'(?!\w) | "(?:[^"\\\n]|\\.)*" | `[^`\n]*` | ‘[^’\n]*’(?!\w) | “[^”\n]*” | «[^»\n]*»
      ))
    | [a-zA-Z][a-zA-Z0-9+.-]{{1,20}}://[^\s'"<>)\]]*[^\s'"<>)\].,:;]
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
    # paths
    | (?<![\w.])[A-Za-z]:[\\/](?:[^\\/:*?"'<>|\n]{{1,80}}[\\/])*[^\s'"<>|:,;()]*(?::\d+)*
    | (?<![\w.])\\\\[^\s'"<>|:,;()]+
    | (?<![\w.<])(?:~[\w-]*|\.{{1,2}})?/(?=[^\s/])[^\s'"<>:,;()]+(?::\d+)*
    | (?<![\w.\\/-])(?:[\w.@+-]+[\\/]){{1,30}}[\w.@+-]+\.(?:{_FILES})\b(?::\d+)*
    | (?<![\w.\\/-])(?:[\w.@+-]+[\\/]){{2,30}}[\w.@+-]+
    | (?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:{_FILES})\b(?!\.\w)(?::\d+)*
    | (?<![\w.\\])\\[\w.@+-]+(?:\\[\w.@+-]+)+(?::\d+)*
    # ids
    | \b[0-9a-fA-F]{{8}}-(?:[0-9a-fA-F]{{4}}-){{3}}[0-9a-fA-F]{{12}}\b
    | \b0[xX][0-9a-fA-F]+\b
    | \b(?=[a-fA-F]{{0,63}}\d)(?=\d{{0,63}}[a-fA-F])[0-9a-fA-F]{{7,64}}\b
    | (?<![\w-])[a-z][a-z0-9-]{{0,60}}-[0-9a-f]{{8,10}}-[a-z0-9]{{5}}\b
    | (?<![\w-])(?=(?:[A-Za-z_-]*\d){{3}})(?=[\d_-]*[A-Za-z])[\w-]{{16,200}}(?![\w-])
    # addresses and hosts
    | (?<![\w.:{HOLE}])(?=[0-9a-fA-F:]*::|(?:[0-9a-fA-F]{{1,4}}:){{7}})
      (?:[0-9a-fA-F]{{0,4}}:){{2,7}}[0-9a-fA-F]{{0,4}}(?![\w:])
    | \blocalhost(?::\d+)?\b
    | (?<![\w.-])(?:[a-zA-Z0-9-]{{1,63}}\.){{1,10}}(?:{_TOP_LEVELS})\b(?!\.\w)(?::\d+)?
    | (?<![\w.:/-])[a-zA-Z][\w-]*(?:\.[\w-]+)*:\d{{2,5}}(?!\w)
    # values
    | <(?P<type>[A-Za-z_][\w.]*)(?:\ object)?(?::?\ [^<>\n]{{0,200}})>
    | (?<![A-Za-z_\d])[+-]?v?\d+(?:[.,:/Tx×-]\d+)*(?:[eE][+-]?\d+)?(?:[kKMGT]i?B|[mu]?s|µs|%)?
      (?![A-Za-z_\d])
    """,
    re.VERBOSE,
)
_SPACE = re.compile(r"\s+")
_HOLES = re.compile(rf"{HOLE}(?:[\s,:/@]*{HOLE})+")
_WORD = re.compile(r"[^\W\d_]{3,}")


def with_holes(message: str) -> str:
    """`message` with `HOLE` in place of quoted text, paths, addresses, ids, hosts, people, numbers.

    Quoted text is kept if it is the same on every machine: the name of a missing library, a
    built-in type such as `NoneType`.
    """
    bare = _SPACE.sub(" ", message[:MAX_MESSAGE]).strip()
    bare = _VARYING.sub(_hole, without_identities(bare, HOLE))
    return _HOLES.sub(HOLE, without_values(bare, HOLE)).rstrip(" .:")


def word_count(text: str) -> int:
    """The number of words of three letters or more outside the placeholders."""
    return len(_WORD.findall(text))


def _hole(found: re.Match[str]) -> str:
    if found["quoted"]:
        inner = found["quoted"].strip("bBrRuUfF").strip("'\"`‘’“”«»")
        if inner in _TYPES:
            return inner
        before = found.string[max(found.start() - 80, 0) : found.start()]
        if _NAMES_LIBRARY.search(before) and _LIBRARY.fullmatch(inner):
            return inner
    elif found["type"]:
        return f"<{found['type']} {HOLE}>"
    return HOLE
