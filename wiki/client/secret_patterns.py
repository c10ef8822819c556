"""Patterns of secrets and personal data: keys, tokens, passwords, e-mail and IP addresses.

Sources: the documentation of token issuers; the rules of gitleaks and of GitHub's secret
scanning, rewritten.
"""

import math
import re
from collections import Counter
from itertools import pairwise

PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL
)
TOKEN = re.compile(
    r"""
      \b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,}\b
    | \bgh[a-z]_[A-Za-z0-9]{16,} | \bgithub_pat_\w{20,} | \bgl[a-z]{2,5}-[\w-]{16,}
    | \bxox[a-z]-[\w-]{10,} | \bxapp-[\w-]{10,} | hooks\.slack\.com/services/\S+
    | discord(?:app)?\.com/api/webhooks/\S+
    | \b(?:sk|rk|pk|whsec)_(?:live|test|prod)?_?[A-Za-z0-9]{16,} | \bsk-[\w-]{16,}
    | \bAIza[\w-]{30,} | \bya29\.[\w-]+ | \bGOCSPX-[\w-]+ | \b1//0[\w-]{20,}
    | \bnpm_[A-Za-z0-9]{20,} | \bpypi-[\w-]{16,} | \bnexus_[\w-]{16,} | \bdop_v1_[0-9a-f]+
    | \bSG\.[\w-]{10,}\.[\w-]+ | \bkey-[0-9a-f]{32} | \bhf_[A-Za-z0-9]{20,}
    | \bshp[a-z]{2}_[0-9a-f]+
    | \beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3} | \b\d{8,10}:[\w-]{35}\b
    | \bAGE-SECRET-KEY-\w+ | \bssh-(?:rsa|dss|ed25519)\ AAAA\S+
    | \b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}
    """,
    re.VERBOSE,
)
_NAMES_OF_SECRETS = (
    r"pass(?:word|wd|phrase|code)?|pwd|pw|secret|token|api[_-]?key|apikey|access[_-]?key"
    r"|account[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|auth|authorization"
    r"|credentials?|session(?:[_-]?id)?|sessid|cookie|csrf\w*|otp|pin|signature|sig|salt|dsn"
    r"|connection[_-]?string|bearer"
)
# Endings of names with a prefix: `DBPASSWORD`, `pgpass`, `mytoken`.
_ENDINGS_OF_SECRETS = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|(?:access|account|private)[_-]?key"
    r"|(?:secret|encryption|signing|auth)[_-]?key|credential"
)
_SECRET_NAME = (
    rf"(?:(?:[\w.-]{{0,60}}[_.-])?(?:{_NAMES_OF_SECRETS})"
    rf"|[\w.-]{{1,60}}(?:{_ENDINGS_OF_SECRETS})s?)"
)
# `DB_PASSWORD=…`, `"apiKey": "…"`, `--token …`, `Authorization: Bearer …`
ASSIGNED = re.compile(
    rf"""
      (?P<name>(?<![A-Za-z]){_SECRET_NAME}(?:[_-]\w+)?["']?\s?(?:=>|:=|[=:])\s?)
      (?P<value>(?:(?:bearer|basic|token|digest)\s+)?
        (?:"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[^\s"',;&)}}\]]+))
    """,
    re.VERBOSE | re.IGNORECASE,
)
# camelCase: `dbPassword = …`
ASSIGNED_CAMEL = re.compile(
    r"(?P<name>\b[a-z]\w{0,60}(?:Password|Passwd|Secret|Token|Key|Credential)s?[\"']?\s?[=:]\s?)"
    r"(?P<value>\"[^\"\n]*\"?|'[^'\n]*'?|[^\s\"',;&)}\]]+)"
)
_SPOKEN_NAMES = (
    rf"{_NAMES_OF_SECRETS}|(?:api|access|account|private|secret|encryption|signing|license|product)\skey"
    r"|(?:recovery|verification|backup|one-time|access|invite)\scode"
)
SPOKEN = re.compile(
    rf"(?P<name>\b(?:{_SPOKEN_NAMES})(?:\s(?:is|was|provided|given|used))?[\s:]\s?)"
    r"(?P<value>(?=\S*\d)[^\s,;:'\"]{4,}|(?-i:[A-Z]{4,}(?:-[A-Z]{4,})+)|'[^'\n]*'|\"[^\"\n]*\")",
    re.IGNORECASE,
)
# `--password x`, also in printed lists of arguments: `'--password', 'x'`, `[--password, x]`
OPTION = re.compile(
    rf"(?P<name>[\s'\"\[(]--?{_SECRET_NAME}(?:-\w+)?['\"]?(?:\s?,\s?|[\s=]))"
    r"(?P<value>'[^'\n]*'|\"[^\"\n]*\"|[^\s,\]]+)",
    re.IGNORECASE,
)
# `mysql -uroot -psecret`, `redis-cli -a secret`, and with any program `-u name:secret`
SHORT_OPTION = re.compile(
    r"(?P<name>\b(?:mysql\w*|mariadb\w*|mongo\w*|sshpass|docker|podman|redis-cli|ldap\w+|rabbitmq\w+)\b"
    r"[^\n]{0,200}?[\s'\"]-[paw]['\"]?,?\s?|[\s'\"](?:-u|--user)['\"]?[,=]?\s?['\"]?[^\s:'\"]{1,60}:)"
    r"(?P<value>'[^'\n]*'|\"[^\"\n]*\"|[^\s,'\"\]]+)"
)
# `scott/tiger@…` of Oracle, `jo:secret@…`
LOGIN = re.compile(r"(?P<name>\b[\w.-]{1,60}[/:])(?P<value>[^\s/@:'\"]{1,100})(?=@)")
# Hosts and people, in database URLs and in values that programs print.
PERSONAL = re.compile(
    r"(?P<name>\b(?:user(?:[_-]?(?:name|id))?|uid|login|owner|author|(?:first|last|full)?[_-]?name|email"
    r"|phone|host(?:[_-]?name)?|server|data source)[\"']?(?:=|\s?:\s?(?=[\"'])|:(?=[^\s/:]))\s?)"
    r"(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s\"',;&)}\]]+(?:\s[^\s\"',;&)}\]=:]+(?=[,;)}\]]))*)",
    re.IGNORECASE,
)
SCHEME = re.compile(r"(?i)\b(?P<name>(?:bearer|basic|digest)\s)(?P<value>[\w.~+/=-]{8,})")
URL = re.compile(
    r"(?P<scheme>\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://)(?P<user>[^\s/@'\"<>]*@)?"
    r"(?P<host>[^\s/?#'\"<>),]*)"
    r"(?P<path>[^\s?#'\"<>)]*)(?P<query>[?#][^\s'\"<>)]*)?"
)
ADDRESS = re.compile(
    r"""
      [\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)*(?::[\w.~-]+/[\w./-]+)?
    | (?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\.\d)(?::\d+)?
    | (?<![\w:.])(?=[0-9a-fA-F:.]*::|(?:[0-9a-fA-F]{1,4}:){7})
      (?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F.]*(?:%\w+)?
    | \b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b
    | (?<![\w.-])(?:[\w-]+\.)+(?:internal|intern|local|localdomain|lan|home|corp|private|svc)\b
      (?::\d+)?
    """,
    re.VERBOSE,
)
# Phone, card and account numbers.
NUMBER = re.compile(r"(?<![\w.-])(?!\d{4}-\d\d-\d\d)\+?\d(?:[ .-]?\d){8,22}(?![\w])")
BANK_ACCOUNT = re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
# Hosts in a message; not libraries (`java.net`, `socket.io`) or positions (`app.py:42`, `line:7`).
HOST = re.compile(
    r"""
      (?<![\w.@/-])(?!(?i:javax?|asp|system|microsoft)\.)(?:[a-zA-Z0-9-]{1,63}\.){1,10}
      (?:com|org|net|edu|gov|cloud|dev|app|info|biz
        |(?!io|js|py|rs|go|ts|md|so|sh|cs|kt|rb)[a-z]{2})\b(?!\.?\w|/\w|\()(?::\d+)?
    | (?<![\w.:/-])(?!(?i:line|col|column|file|char|row|position|port|code|status)\b)
      [a-zA-Z][\w-]*(?:\.(?!(?:py|[jt]sx?|go|rs|java|rb|php|cs?|cpp):)[\w-]+)*:\d{2,5}(?!\w)
    """,
    re.VERBOSE,
)
IDENTIFIER = re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")
_FOLDERS = ("PWD", "OLDPWD")  # variables of shells
_DENSE = re.compile(r"[A-Za-z0-9+/_=~.-]{16,}")
_MIN_ENTROPY = 3.2  # bits a character; English words have less, random letters and digits more


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name is likely to hold a secret."""
    if name in _FOLDERS:
        return False
    pattern = rf"(?:{_NAMES_OF_SECRETS}|key|\w*(?:{_ENDINGS_OF_SECRETS}))s?"
    parts = re.split(r"[_.-]|(?<=[a-z0-9])(?=[A-Z])", name)
    return any(re.fullmatch(pattern, part.casefold()) for part in parts)


def dense_spans(text: str) -> list[tuple[int, int]]:
    """The `(start, end)` of strings in a text that look random, as keys do."""
    found = []
    for match in _DENSE.finditer(text):
        for part in re.finditer(r"[A-Za-z0-9+/_=~-]{16,}", match[0]):
            if is_dense(part[0]):
                found.append((match.start() + part.start(), match.start() + part.end()))
    return found


def is_dense(text: str) -> bool:
    """Whether a string of 16 characters or more looks like a key, not like a name."""
    has_digits = sum(sign.isdigit() for sign in text)
    has_cases = any(sign.isupper() for sign in text) and any(sign.islower() for sign in text)
    if not has_digits and not (has_cases and _changes(text) > len(text) / 4):
        return False
    words = re.findall(r"[a-z]{4,}|[A-Z][a-z]{3,}", text)
    if sum(map(len, words)) > 0.6 * len(text):
        return False
    return _entropy(text) >= _MIN_ENTROPY or has_digits > len(text) / 3


def _changes(text: str) -> int:
    """How often the case changes from one letter to the next."""
    cases = [sign.isupper() for sign in text if sign.isalpha()]
    return sum(left != right for left, right in pairwise(cases))


def _entropy(text: str) -> float:
    """Bits per character. Source: C. E. Shannon, "A mathematical theory of communication"."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
