"""Removes hosts, accounts, people, command arguments and asserted code from error messages.

They differ from machine to machine, so they are not part of a fingerprint; and they are private, so
they are never sent.
"""

import re

# Recognised by their form: Windows and Amazon host names, Cisco MAC addresses, AWS resources,
# `DOMAIN\\user`, `Jo Doe <jo@…>`.
_IDENTITY = re.compile(
    r"""
      \b(?:(?:DESKTOP|LAPTOP|WIN|EC2AMAZ)-[A-Z0-9]{5,15}|ip(?:-\d{1,3}){4})\b
    | \b(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}\b
    | \barn:[\w-]+:[^\s'"<>,;()\]]+
    | (?:\b[^\W\d_][\w.'’-]{0,40}\ ){1,4}(?=<[^\s<>@]{1,64}@)
    | (?<![\w.\\/:…-])[A-Za-z][\w.-]{0,40}\\[\w.$-]{0,60}\w(?![\w\\])
    """,
    re.VERBOSE,
)
_DENIED = r"(?:does\ not|doesn['’]t|is\ not|was\ not|not\ found|already|cannot)\b"
# Recognised by the words before or around them.
_NAMED = re.compile(
    rf"""
    (?P<naming>(?:
      \b(?:ENOTFOUND|EAI_AGAIN|denied\ to|server\ at)
    | \b(?i:resolve|resolving|unknown|invalid)\ (?i:host)(?:name)?:?(?!\ key\b)
    | \b(?i:unknown|invalid|no\ such)\ user:?
    | \bhost(?=\ \S{{1,100}}\ port\ ) | \blookup(?=\ \S{{1,100}}(?:\ on\ |:\ no\ such\ host))
    | \b(?i:user|role):?(?=\ \S{{1,60}}(?:\ \S{{1,60}})?\ {_DENIED})
    )\ )
    (?P<named>['"‘“]?[^\s:,'"()]*[^\s:,.'"()’”](?:['"’”])?
      (?:\ [^\s:,'"]{{1,60}}(?=\ {_DENIED}))?)
    """,
    re.VERBOSE,
)
_COMMAND = re.compile(
    r"(?P<naming>\b[Cc]ommand (?:failed(?: with [^:\n]{1,40})?: \S+ |(?=\[)))"
    r"(?:\[[^\]\n]+\]|(?<!\[).+)"
)
# Assertions quote the program's own code: pytest, Rust, C.
_ASSERTION = re.compile(
    r"(?P<naming>(?:^assert|\bassertion failed:) ).+|\b(?P<of_c>Assertion )`[^\n]*'"
)
# Printed values of variables and fields: `name=Jo Doe,` and Go's `{Name:Jo Doe}`.
_VALUE = re.compile(
    r"(?<=\w=)[^\s=<>,;()\[\]{}'\"]*[^\s=<>,;()\[\]{}'\".:]"
    r"(?:(?: [^\s=,;()\[\]{}'\"]+)+(?=[,;)\]}]))?"
)
_STRUCTURE = re.compile(r"\{[A-Z]\w*:[^\s{}][^{}\n]*\}")


def without_identities(message: str, hole: str) -> str:
    """`message` with `hole` in place of hosts, accounts, people, command arguments and asserted
    code."""
    message = _IDENTITY.sub(hole, message)
    message = _ASSERTION.sub(lambda found: f"{found['naming'] or found['of_c']}{hole}", message)
    for pattern in (_COMMAND, _NAMED):
        message = pattern.sub(lambda found: f"{found['naming']}{hole}", message)
    return message


def without_host(name: str, message: str, hole: str) -> str:
    """`message` without the host that Java's `UnknownHostException` begins with.

    `name` is the type of the error; messages of other types are returned unchanged.
    """
    if not name.endswith("UnknownHostException"):
        return message
    return f"{hole}{message[len(message.partition(':')[0]) :]}"


def without_values(message: str, hole: str) -> str:
    """`message` with `hole` in place of the values of fields, as in `name=value`."""
    return _VALUE.sub(hole, _STRUCTURE.sub(hole, message))
