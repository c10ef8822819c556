"""Stack traces of JavaScript, Java and .NET, which print each call on a line with `at`."""

import re
from collections.abc import Iterator, Sequence

from wiki.fingerprints.lines import ERROR_HEAD, OutputLine
from wiki.fingerprints.model import Frames, LibraryFrame, ReportedError

MAX_MESSAGE_LINES = 12  # between the type of an error and its first call

_AT = re.compile(r"at (?:async )?(?P<call>\S.*)")
_MORE = re.compile(r"\.\.\. \d+ (?:more|lines matching|common frames)")
_SCRIPT = re.compile(r"(?:(?P<function>.+?) \()?(?P<path>[^()\s][^()]*?):\d+:\d+\)?$")
_JVM = re.compile(
    r"(?:[\w.@-]+/{1,2})*(?P<type>[\w.$]+)\.(?P<function>[\w$<>]+)\((?P<place>[^()]*)\)"
)
_NET = re.compile(
    r"(?P<type>[\w.`+<>\[\],]+)\.(?P<function>[\w`<>|\[\],]+)\((?P<place>.*?)\)(?: in .+)?$"
)

_NODE_MODULE = re.compile(r".*[\\/]node_modules[\\/](?P<module>.+)")
_NODE_PLUMBING = re.compile(
    r"node:internal/(?:modules|main|process|timers|async_hooks|vm|bootstrap|streams/|event_target)"
    r"|internal/(?:modules|main|process|timers)"
    r"|(?:jest-circus|jest-runner|jest-jasmine2|mocha|vitest|@vitest|tinypool|ts-node|tsx)(?:/|$)"
)
_AS_OTHER = re.compile(r" \[as [^\]]+\]$")

_JVM_LIBRARIES = re.compile(
    r"(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|akka|groovy|clojure|android|androidx"
    r"|dalvik|io\.(?:netty|micrometer|micronaut|quarkus|vertx|grpc|ktor|reactivex|lettuce|r2dbc)"
    r"|org\.(?:springframework|apache|hibernate|eclipse|jboss|junit|mockito|slf4j|postgresql|gradle"
    r"|thymeleaf|jooq|flywaydb|liquibase|mariadb|sqlite|h2|aspectj|glassfish|bouncycastle|yaml|json"
    r"|assertj|hamcrest|testng|elasticsearch|redisson|jsoup|projectlombok|w3c|xml)"
    r"|com\.(?:fasterxml|google|mysql|zaxxer|amazonaws|mongodb|microsoft|oracle|squareup|netflix"
    r"|android|github|ibm|rabbitmq|hazelcast|datastax)|reactor|feign|okhttp3|okio|retrofit2"
    r"|ch\.qos|redis\.clients|software\.amazon|net\.(?:bytebuddy|sf))\."
)
_JVM_PLUMBING = re.compile(
    r"(?:java\.lang\.(?:reflect|invoke|Thread|VirtualThread)|java\.util\.concurrent\.(?:Thread|Future)"
    r"|jdk\.internal|sun\.reflect|org\.junit|org\.gradle|org\.apache\.maven|com\.intellij)\b"
)
_NET_LIBRARIES = re.compile(
    r"(?:System|Microsoft|Newtonsoft|Npgsql|MySql|MySqlConnector|Dapper|AutoMapper|Serilog|MediatR"
    r"|StackExchange|RabbitMQ|MongoDB|Xunit|NUnit|Moq|Polly|FluentValidation|Grpc|Azure|Amazon)\."
)
_NET_PLUMBING = re.compile(
    r"System\.(?:Runtime\.(?:CompilerServices|ExceptionServices)|Threading)\."
)
# Numbers that compilers give to lambdas, proxies and inner types.
_GENERATED = re.compile(r"\$\$.*|\$Proxy\d+|(?<=[$_])\d+|`\d+|\$$")


def call_list_errors(lines: Sequence[OutputLine]) -> Iterator[ReportedError]:
    """The errors that are followed by `at` lines; each cause of an error is an error of its own."""
    at, floor = 0, 0
    while at < len(lines):
        if _AT.match(lines[at].bare) is None:
            at += 1
            continue
        end = at
        calls: list[LibraryFrame | None] = []
        while end < len(lines) and (
            (found := _AT.match(lines[end].bare)) or _MORE.match(lines[end].bare)
        ):
            calls += _call(found["call"]) if found else ()
            end += 1
        head = _head(lines, floor, at)
        if head is not None:
            where, found_head = head
            # They are printed innermost first; `Frames` has the innermost call last.
            frames = tuple(reversed(calls))
            message = (found_head["message"] or "").partition(" Require stack:")[0]
            yield ReportedError(found_head["name"], message, frames, where, end - 1)
        at = floor = end


def _head(lines: Sequence[OutputLine], floor: int, before: int) -> tuple[int, re.Match[str]] | None:
    for at in range(before - 1, max(floor, before - MAX_MESSAGE_LINES) - 1, -1):
        if found := ERROR_HEAD.match(lines[at].bare):
            return at, found
    return None


def _call(call: str) -> Frames:
    if script := _SCRIPT.match(call):
        return _script_call(script["path"], script["function"] or "<anonymous>")
    if jvm := _JVM.match(call):
        is_net = " in " in call or " " in jvm["place"] or _NET_LIBRARIES.match(call)
        if not is_net:
            return _typed_call(jvm, _JVM_LIBRARIES, _JVM_PLUMBING)
    if net := _NET.match(call):
        return _typed_call(net, _NET_LIBRARIES, _NET_PLUMBING)
    return ()


def _script_call(path: str, function: str) -> Frames:
    path = path.removeprefix("file://")
    if found := _NODE_MODULE.match(path):
        module = re.sub(r"\.[mc]?[jt]sx?$", "", found["module"].replace("\\", "/"))
    elif path.startswith(("node:", "internal/")):
        module = path
    else:
        return (None,)
    if _NODE_PLUMBING.match(module):
        return ()
    return (LibraryFrame(module, _AS_OTHER.sub("", function).removeprefix("new ")),)


def _typed_call(
    call: re.Match[str], libraries: re.Pattern[str], plumbing: re.Pattern[str]
) -> Frames:
    owner = f"{call['type']}."
    if plumbing.match(owner):
        return ()
    if not libraries.match(owner):
        return (None,)
    return (LibraryFrame(_GENERATED.sub("", call["type"]), _GENERATED.sub("", call["function"])),)
