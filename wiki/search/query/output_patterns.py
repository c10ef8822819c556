"""Patterns for the output of programs: beginnings of lines, kinds of lines, and noise.

The patterns avoid backtracking: texts of 10,000 characters are matched in milliseconds.
"""

import re

LEVEL = (
    r"(?:TRACE|DEBUG|VERBOSE|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|FATAL|CRIT(?:ICAL)?|SEVERE|PANIC)"
)
TIME = (
    r"(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?(?:Z|UTC|[+-]\d\d:?\d\d))?"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{1,2}\s\d\d:\d\d:\d\d"
    r"|\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d:\d\d(?:\s[+-]\d{4})?)"
)
# `exceptions.ConnectionError`, `CommandError`, `java.io.IOException`, `stripe.CardDeclined`
EXCEPTION = (
    r"(?:(?:[A-Za-z_$][\w$]*[./\\:]{1,2})*[A-Z]\w*(?:Error|Exception|Warning|Failure|Fault|Panic)"
    r"|(?:[a-z_]\w*\.)+[A-Z]\w+)"
)
SOURCE = r"(?:[A-Za-z]:)?[\w./\\@+~-]+\.[A-Za-z]\w{0,4}"  # src/main.c
PLACE = rf"(?:{SOURCE}(?::\d+)+|{SOURCE}\(\d+,\d+\))"  # src/main.c:12:5
CODE = r"(?:\[E\d+\]|\ [A-Z]+\d+)"  # of error[E0382] and error TS2345
PROMPT = (
    r"(?:(?:\([\w.-]+\)\ )?[\w.-]+@[\w.-]+[:\ ][^\s$#>]*[$#]\ |PS(?:\ [A-Za-z]:\\[^>]{0,200})?>\ "
    r"|>>>\ |In\ \[\d+\]:\ |[\w-]+=[#>]\ |\$\ (?=[a-z./])|C:\\[^\s>]*>)"
)

# Beginnings of lines, for finding line ends that were pasted as spaces.
LINE_START = re.compile(
    rf"""
    (?<!\S)(?=
      Traceback\ \(most\ recent | During\ handling\ of\ the\ above | The\ above\ exception\ was
    | Caused\ by: | \[cause\]: | \.\.\.\ \d+\ more | File\ "[^"]+",\ line\ \d+
    | at\ (?:async\ |new\ )?[\w.$<>/\[\]#]+(?:\ \[as\ \w+\])?\ ?\(
    | at\ (?:async\ )?(?:file:|node:|https?:|/|[A-Za-z]:\\)\S*:\d+
    | goroutine\ \d+\ \[ | stack\ backtrace: | Stack\ trace: | \#\d+\ /\S+\(\d+\)
    | \d+:\ +[\w<>$]+:: | -->\ \S+:\d+ | =\ (?:note|help): | (?:note|help):\s
    | At\ (?:line|\S+):\d+\ char:\d+ | \+\ (?:CategoryInfo|FullyQualifiedErrorId|~)
    | [\[(]?{TIME} | [\w.-]+-\d+\s+\|\s | (?:VERBOSE|DEBUG|INFO|WARNING):\s
    | npm\ (?:ERR!|error|WARN|warn) | make(?:\[\d+\])?:\ \*\*\*
    | \#\#\[\w+\] | ::(?:group|endgroup|error|warning|notice)\b | section_(?:start|end):
    | \#\d+\ (?=\d+\.\d+\s|\[|sha256:|ERROR|DONE|CACHED) | failed\ to\ solve: | -{{6,}}
    | [\w.-]+-\d+\ exited\ with | exit\ status\ \d | Node\.js\ v\d | =+\ short\ test
    | {PROMPT} | {EXCEPTION}:\s | {PLACE}:\ (?:fatal\ )?(?:error|warning|note)\b
    | (?:fatal|error|panic|warning){CODE}?:\s | (?:ERROR|Error|FATAL|CRITICAL):\s
    )
    """,
    re.VERBOSE,
)
FRAME = re.compile(
    rf"""
      Traceback\ \(most\ recent | During\ handling\ of | The\ above\ exception\ was
    | \.\.\.\ \d+\ more | File\ "?[^"\n]+"?,\ line\ \d+ | File\ ~?/\S+ | Cell\ In\[
    | at\ \S.*[(:\d] | from\ {SOURCE}:\d+ | {SOURCE}:\d+:\ in\s
    | goroutine\ \d+\ \[ | [\w./*$]+(?:\(\*\w+\)[\w./]*)?\([^)]{{0,200}}0x | /\S+\.go:\d+
    | created\ by\ \S+ | stack\ backtrace: | \d+:\ +[\w<>$]+:: | --?>\ ?\S+:\d+
    | Stack\ trace: | \#\d+\ /\S+\(\d+\) | At\ (?:line|\S+):\d+\ char:\d+ | \+\s
    | \d+\ *\|\s | -+>\ \d+ | \d+\s{{2,}}\S | \|?\s*[\^~|=_-]{{3,}}
    """,
    re.VERBOSE,
)
# Lines that only say that something failed before. An exit code adds nothing to a message.
EXIT_CODE = re.compile(
    r"(?i)exit(?:ed)?(?: (?:with|status|code))*[:=]? ?(?:code |status )?\d+|exit (?:code|status)"
)
TRAILER = re.compile(
    r"""(?ix)
      code=exited | did\ not\ complete\ successfully | (?:job|command)\ failed | aborting\ due\ to
    | a\ complete\ log\ of\ this | short\ test\ summary | \b\d+\ failed,\ \d | ^FAILED\ \S+::
    | \*\*\*\ \[[^\]]{0,200}\]\ Error | ^npm\ err!\ (?:code|errno|path|command|\S+@[\d.]+)\b
    | could\ not\ compile\ ` | for\ more\ information\ about\ this\ error | RUST_BACKTRACE
    | ^\#\#\[(?:group|endgroup|section|debug)\] | ^::(?:group|endgroup) | ^section_(?:start|end):
    | ^\#\d+\ (?:\[|sha256|DONE|CACHED) | ^failed\ to\ solve: | ^-{6,} | compilation\ terminated
    | ^shell:\s | ^env:$ | ^Node\.js\ v\d | ^Running\ with\ gitlab-runner | ^on\ \S*runner
    | ^Executing\ "step_script | ^Cleaning\ up | ^errors?\ generated | ^\d+\ errors?\b
    """
)
ERROR_LINE = re.compile(
    rf"""
      (?:^|[\s\[(|=/"])(?:ERR(?:OR)?|FATAL|CRIT(?:ICAL)?|SEVERE|PANIC|EMERG)(?:[\s\])|:/"]|$)
    | (?:^|\s){EXCEPTION}(?::(?=\s|$)|$|\ at\s)
    | (?:^|[\s\]])(?i:fatal|error|panic|uncaught)(?:\ error)?{CODE}?:\s
    | ^Caused\ by: | ^\[cause\]: | ^npm\ (?:ERR!|error) | ^\#\#\[error\] | ^::error | ^E\ {{2,}}
    | level=(?:error|fatal|crit|panic) | panicked\ at | ^\*\*\ \( | ^!\ \[
    """,
    re.VERBOSE,
)
CHAINED = re.compile(r"(?:During handling|The above exc|Caused by:)")
QUIET_LINE = re.compile(
    r'(?:^|[\s\[(|="])(?:TRACE|DEBUG|VERBOSE|INFO|NOTICE)(?:[\s\])|:"]|$)|level=(?:debug|info|trace)'
)
WARNING_LINE = re.compile(r'(?:^|[\s\[(|="])WARN(?:ING)?(?:[\s\])|:"]|$)|level=warn')
# In a line without a log level: `remote: Permission to hub.git denied`
FAILED_LINE = re.compile(
    r"(?i)\b(?:denied|refused|failed|unable|invalid|timed out|cannot|can't|could not|couldn't"
    r"|not (?:found|permitted|allowed|supported)|no such|missing|unexpected|undefined|rejected"
    r"|too many)\b"
)
COMMAND_LINE = re.compile(PROMPT, re.VERBOSE)

# The prefix of a log message.
PREFIX = re.compile(
    rf"""
    (?:[\w.-]+-\d+\s+\|\s+)? (?:\#\d+\ (?:\d+\.\d+\s+)?)? (?:npm\ (?:ERR!|error|WARN|warn)\ ?)?
    (?:\#\#\[\w+\]\s*)? (?:::(?:error|warning|notice)[^:]*::)?
    (?:[\[(]?{TIME}[\])]?,?\s*)? (?:\[\d+\]:?\s+)? (?:[\w.-]+\s[\w./-]+\[\d+\]:\s)?
    (?:[\[(:]?\s*{LEVEL}(?:/[\w-]+)?[\])]?(?:\s+\d+\ ---\ \[[^\]]*\]\s+\S+\s+:)?\s+)? (?:E\ {{2,}})?
    """,
    re.VERBOSE,
)
RECORD = re.compile(r'"(?:level|lvl|severity|ts|time|timestamp|@timestamp)"\s*:|\blevel=\w+\s')
RECORDED = re.compile(
    r'(?:"(?:msg|message|error|err|exception|reason|detail|stack)"\s*:\s*'
    r'|\b(?:msg|err|error|message)=)"((?:[^"\\]|\\.)*)"'
)
# Parts that differ between machines and times.
NOISE = re.compile(
    rf"""
      https?://\S+ | {TIME} | sha256:[0-9a-f]+ | \b0x[0-9a-fA-F]+
    | (?<![\w.])(?:[A-Za-z]:\\|\.{{0,2}}/|~/|\\\\)[\w.@+$~-]+(?:[\\/][\w.@+$~-]*)*(?::\d+)*
    | (?<![\w./@+-])(?:[\w.@+-]+/){{2,}}[\w.@+-]+(?::\d+)*
    | (?<![\w./\\@+~-])(?:{SOURCE}(?::\d+)+ | [\w-]+\.(?:py|js|ts|go|rs|java|rb|ps1|c|cpp|h):\d+)
    | \b[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f-]{{4,}} | \b(?=[a-f]*\d)[0-9a-f]{{7,64}}\b
    | \b\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?::\d+)?\b | \blocalhost:\d+
    | \bline\ \d+(?:,\ in\ \S+)? | \bchar:\d+ | (?<=\w)\[\d+\] | \bpid[ =]\d+
    | \b\d+(?:\.\d+)?\ ?(?:[kMG]i?B|ms|s)\b
    | (?<![\w.-])[\w.-]+@[\w.-]+(?=[:\s]) | (?<![\w-])[a-z][\w-]*-[0-9a-f]{{8,10}}-[a-z0-9]{{5}}\b
    """,
    re.VERBOSE,
)
# Words that are not to be corrected: quoted, or written as in code.
NAME = re.compile(
    r"""(?<!\w)(?:'[^'\s]+'|`[^`\s]+`|"[^"\s]+"|‘[^’\s]+’)(?!\w)"""
    r"|(?<!\S)\S*(?:\w[\\/=$@]\w|\$\w|\w_\w|\w\(|[a-z][A-Z]|\d)\S*"
)

# A text without any of these is neither output nor a message: a quick check for most queries.
SIGN = re.compile(r"[:\"|#>\[({=$]|0x|panicked|npm|[A-Z]{4}")
# Each of these suffices to show that a program printed the text.
OUTPUT = re.compile(
    rf"""
      Traceback\ \(most\ recent | \bFile\ "[^"]+",\ line\ \d+ | Caused\ by:\s
    | \bat\ [\w.$<>/\[\]]+\ ?\([^)\s]*:\d+ | goroutine\ \d+\ \[ | panicked\ at
    | (?<!\w){TIME} | (?<!\S)[\w.-]+-\d+\s+\|\s | "(?:level|severity)"\s*:\s*" | (?<!\S)level=\w+\s
    | npm\ (?:ERR!|error\s) | \#\#\[(?:error|group) | section_start:\d | make(?:\[\d+\])?:\ \*\*\*
    | (?<!\S){PLACE}:\s | (?<!\S)error{CODE}:\s
    | \bAt\ \S+:\d+\ char:\d+ | (?<!\S)0x[0-9a-f]{{6,}}
    | (?<!\S)(?:[\w.-]+@[\w.-]+:\S*[$#]|PS\ [A-Za-z]:\\[^>]{{0,200}}>|>>>)\s\S
    """,
    re.VERBOSE,
)
MESSAGE = re.compile(
    rf"""
    (?:^|\s)(?:(?:
      {EXCEPTION} | (?i:fatal|error|panic|warning|err!)(?:\ [\w\ ]{{1,30}})?
    | [A-Z][a-z]+-[A-Z]\w+\ ? | [A-Z][a-z]+(?:[A-Z][a-z]+)+ | [A-Z]+\d{{3,}}
    ):\s+\S
    | \[?(?:ERROR|FATAL|CRITICAL|WARNING|WARN|SEVERE)\]?:?\s\S+\s\S)
    | ^[\[{{]+"\w+": | ^\S+:\ [Pp]ermission\ denied
    """,
    re.VERBOSE,
)
