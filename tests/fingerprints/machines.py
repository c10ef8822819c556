"""Errors as two machines print them: other people, places, numbers, systems and versions."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

_USERS = ("selam", "Jo Doe", "abebe.k", "ci", "root", "runner", "müller")
_HOSTS = ("laptop", "db.internal", "web-7f9c", "build01.example.org", "localhost", "10.4.2.7")
_PROJECTS = ("shop", "my-app", "thesis", "homework2", "api")


@dataclass(frozen=True)
class Machine:
    """A computer on which an error happens; `chance` draws what differs there."""

    chance: random.Random
    is_windows: bool
    user: str
    host: str
    project: str
    python: str
    venv: str = field(default=".venv")

    @property
    def home(self) -> str:
        if self.is_windows:
            return rf"C:\Users\{self.user}"
        return self.chance.choice((f"/home/{self.user}", f"/Users/{self.user}"))

    def own(self, path: str) -> str:
        """A file of the project."""
        folder = "/src/app" if self.user == "ci" else f"{self.home}/{self.project}"
        return self._place(f"{folder}/{path}")

    def package(self, path: str) -> str:
        """A file of a package of Python."""
        if self.is_windows:
            return self._place(f"{self.home}/{self.project}/{self.venv}/Lib/site-packages/{path}")
        roots = (
            f"{self.home}/{self.project}/{self.venv}/lib/python{self.python}/site-packages",
            f"/usr/local/lib/python{self.python}/site-packages",
            f"/opt/conda/envs/{self.project}/lib/python{self.python}/site-packages",
            "/usr/lib/python3/dist-packages",
        )
        return f"{self.chance.choice(roots)}/{path}"

    def standard(self, path: str) -> str:
        """A file of Python's own library."""
        if self.is_windows:
            number = self.python.replace(".", "")
            return self._place(
                f"{self.home}/AppData/Local/Programs/Python/Python{number}/Lib/{path}"
            )
        roots = ("/usr/lib", f"{self.home}/.pyenv/versions/{self.python}.1/lib", "/usr/local/lib")
        return f"{self.chance.choice(roots)}/python{self.python}/{path}"

    def node_module(self, path: str) -> str:
        package = path.partition("/")[0]
        pnpm = f"{self.home}/{self.project}/node_modules/.pnpm/{package}@4.1.2/node_modules"
        plain = f"{self.home}/{self.project}/node_modules"
        return self._place(f"{self.chance.choice((pnpm, plain))}/{path}")

    def number(self, most: int = 900) -> int:
        return self.chance.randrange(1, most)

    def hexadecimal(self, length: int) -> str:
        return f"{self.chance.getrandbits(length * 4):0{length}x}"

    def uuid(self) -> str:
        return "-".join(self.hexadecimal(length) for length in (8, 4, 4, 4, 12))

    def _place(self, path: str) -> str:
        return path.replace("/", "\\") if self.is_windows else path


def make_machine(seed: int) -> Machine:
    chance = random.Random(seed)
    return Machine(
        chance,
        chance.random() < 0.4,
        chance.choice(_USERS),
        chance.choice(_HOSTS),
        chance.choice(_PROJECTS),
        chance.choice(("3.10", "3.11", "3.12", "3.13")),
        chance.choice((".venv", "venv", "env")),
    )


def python(raised: str, *calls: str) -> Callable[[Machine], str]:
    """A traceback: `own:`, `std:` or a file of a package, and the function, as `path:function`."""

    def show(here: Machine) -> str:
        lines = ["Traceback (most recent call last):"]
        for call in (f"own:{here.project}.py:main", *calls):
            where, path, function = _parts(call)
            place = {"own": here.own, "std": here.standard, "": here.package}[where](path)
            lines.append(f'  File "{place}", line {here.number()}, in {function}')
            lines.append(f"    return {function}({here.number()})")
            if here.python > "3.10":
                lines.append("           ^^^^^^^^^^")
        return "\n".join([*lines, _filled(raised, here)])

    return show


def pytest(raised: str, *calls: str) -> Callable[[Machine], str]:
    """A failure as pytest shows it, in its long or its short form."""

    def show(here: Machine) -> str:
        name, is_long = f"test_{here.project}", here.chance.random() < 0.5
        lines = [f"_______________ {name} _______________"]
        for call in (f"own:tests/test_it.py:{name}", *calls):
            where, path, function = _parts(call)
            place = {"own": here.own, "std": here.standard, "": here.package}[where](path)
            if is_long:
                lines += [f"    def {function}(arguments):", f">       return go({here.number()})"]
                lines += ["", f"{place}:{here.number()}: ", "_ _ _ _ _ _ _ _ _ _ _ _"]
            else:
                lines += [f"{place}:{here.number()}: in {function}", "    return go()"]
        if is_long:
            last = lines[-2].rstrip()
            lines[-2:] = [
                f"E       {_filled(raised, here)}",
                "",
                f"{last} {raised.split(':', maxsplit=1)[0]}",
            ]
        else:
            lines.append(f"E   {_filled(raised, here)}")
        return "\n".join([*lines, "=== short test summary info ===", f"FAILED tests/{name} - x"])

    return show


def node(raised: str, *calls: str) -> Callable[[Machine], str]:
    """A stack of Node."""

    def show(here: Machine) -> str:
        lines = [f"{here.own('index.js')}:{here.number()}", "    throw err;", "    ^", ""]
        lines.append(_filled(raised, here))
        for call in calls:
            where, path, function = _parts(call)
            place = {"own": here.own, "": here.node_module, "node": "node:{}".format}[where](path)
            at = f"{place}:{here.number()}:{here.number(80)}"
            lines.append(f"    at {function} ({at})" if function else f"    at {at}")
        lines.append(
            f"    at Module._compile (node:internal/modules/cjs/loader:{here.number()}:14)"
        )
        return "\n".join([*lines, "", f"Node.js v{here.number(22)}.{here.number(20)}.0"])

    return show


def java(raised: str, *calls: str, cause: str = "") -> Callable[[Machine], str]:
    def show(here: Machine) -> str:
        own = f"com.{here.project.replace('-', '')}.App"
        lines = [f'Exception in thread "main" {_filled(raised, here)}'] if not cause else []
        if cause:
            lines += [_filled(raised, here), f"\tat {own}.run(App.java:{here.number()})"]
            lines.append(f"Caused by: {_filled(cause, here)}")
        for call in calls:
            lines.append(f"\tat {call}({call.split('.')[-2]}.java:{here.number()})")
        lines.append(f"\tat {own}.main(App.java:{here.number()})")
        return "\n".join([*lines, f"\t... {here.number(60)} more"] if cause else lines)

    return show


def go(raised: str, *calls: str) -> Callable[[Machine], str]:
    def show(here: Machine) -> str:
        lines = [f"panic: {_filled(raised, here)}", "", f"goroutine {here.number()} [running]:"]
        root = here.chance.choice(("/usr/local/go/src", r"C:\Go\src", "/usr/lib/go-1.21/src"))
        for call in calls:
            package = call.rpartition("/")[0] + "/" + call.rpartition("/")[2].split(".")[0]
            folder = f"{here.home}/go/pkg/mod" if "." in call.split("/")[0] else root
            lines.append(f"{call}(0xc{here.hexadecimal(9)}, {{0x{here.hexadecimal(6)}, 0x3}})")
            lines.append(f"\t{folder}/{package.strip('/')}/file.go:{here.number()} +0x1d")
        lines += ["main.main()", f"\t{here.own('main.go')}:{here.number()} +0x1d", "exit status 2"]
        return "\n".join(lines)

    return show


def rust(raised: str, crate: str = "") -> Callable[[Machine], str]:
    def show(here: Machine) -> str:
        place = here.own("src/main.rs")
        if crate:
            name, _, path = crate.partition("/")
            registry = f"registry/src/index.crates.io-{here.hexadecimal(16)}"
            version = f"{name}-1.{here.number(40)}.0"
            place = f"{here.home}/.cargo/{registry}/{version}/src/{path}"
        at, message = f"{place}:{here.number()}:{here.number(80)}", _filled(raised, here)
        if here.python == "3.10":  # an older Rust as well
            told = f"thread 'main' panicked at '{message}', {at}"
        else:
            told = f"thread 'main' panicked at {at}:\n{message}"
        if here.chance.random() < 0.5:
            return f"{told}\nnote: run with `RUST_BACKTRACE=1` environment variable"
        frames = (
            f"   0: rust_begin_unwind\n             at /rustc/{here.hexadecimal(40)}/library/x.rs"
        )
        return f"{told}\nstack backtrace:\n{frames}:{here.number()}:5\n   1: shop::main"

    return show


def line(text: str) -> Callable[[Machine], str]:
    """What a compiler or a command says, after other lines."""

    def show(here: Machine) -> str:
        return f"building {here.project}\n{_filled(text, here)}\n"

    return show


def _parts(call: str) -> tuple[str, str, str]:
    path, _, function = call.rpartition(":")
    where, colon, rest = path.partition(":")
    return (where, rest, function) if colon else ("", path, function)


def _filled(text: str, here: Machine) -> str:
    """A message with what differs there."""
    return (
        text.replace("{path}", here.own("data/input.csv"))
        .replace("{host}", here.host)
        .replace("{user}", here.user)
        .replace("{project}", here.project)
        .replace("{number}", str(here.number()))
        .replace("{hex}", f"0x{here.hexadecimal(12)}")
        .replace("{uuid}", here.uuid())
        .replace("{sha}", here.hexadecimal(40))
        .replace("{url}", f"https://{here.host}:{here.number()}/v1/{here.number()}")
        .replace("{mail}", f"{here.user.split()[0]}@{here.project}.example.org")
    )
