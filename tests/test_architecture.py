"""The architecture holds: directions of imports, size of modules, what a view may know."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import grimp
import pytest

from tests.optional_resources import ROOT

FEATURES = ("accounts", "admin", "community", "files", "git", "hub", "pages", "search")
MODULE_LIMIT = 400  # lines; a module with more has two subjects
FOLDER_LIMIT = 15  # files side by side in one folder; with more, nobody finds one
FUNCTION_LIMIT = 50  # lines of a function, its signature and docstring included
VIEW_LIMIT = 15  # lines of a view: parse, call, answer

MODULES = sorted((ROOT / "wiki").rglob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))
VIEWS = [path for path in MODULES if path.stem == "views" or path.stem.endswith("_views")]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("wiki")


def test_imports_go_downwards():
    program = str(Path(sys.executable).with_name("lint-imports"))
    run = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_no_feature_imports_the_views_or_forms_of_another(graph):
    wrong = [
        f"{importer} imports {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if _is_of_people(imported) and _feature(importer) not in (_feature(imported), "blueprints")
    ]
    assert not wrong, "\n".join(wrong)


def _feature(module: str) -> str:
    return f"{module}.".split(".")[1]


def _is_of_people(module: str) -> bool:
    parts = module.split(".")
    return len(parts) > 2 and parts[1] in FEATURES and parts[-1].endswith(("views", "forms"))


def test_a_module_has_one_subject():
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in [*MODULES, *(ROOT / "tests").rglob("*.py")]
    }
    assert not {name: count for name, count in lines.items() if count > MODULE_LIMIT}


def test_a_function_can_be_seen_at_once():
    long = {
        f"{path.relative_to(ROOT)} {node.name}": length
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LIMIT
    }
    assert not long


def test_no_folder_is_a_drawer():
    """What other projects wrote, in `static/vendor`, is as they have it."""
    others = [file for name in ("templates", "static") for file in (ROOT / name).rglob("*.*")]
    folders = Counter(
        str(file.parent.relative_to(ROOT))
        for file in [*MODULES, *BENCHMARKS, *others]
        if file.name != "__init__.py"
    )
    crowded = {folder: count for folder, count in folders.items() if count > FOLDER_LIMIT}
    assert not {folder for folder in crowded if not folder.startswith("static/vendor/")}, crowded


def test_benchmarks_import_what_is_there():
    """They are run by hand and rarely, so a name that went away would be missed for long."""
    for path in BENCHMARKS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and _root(node) in ("wiki", "benchmarks"):
                names = {alias.name for alias in node.names}
                assert names <= _names_in(node.module or ""), path


def _root(node: ast.ImportFrom) -> str:
    return (node.module or "").partition(".")[0]


def _names_in(module: str) -> set[str]:
    """What can be imported from a module of ours, its own modules included."""
    place = ROOT.joinpath(*module.split("."))
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    names = {path.stem for path in place.glob("*")}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.alias):
            names.add(node.asname or node.name if isinstance(node, ast.alias) else node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def test_no_module_is_called_after_nothing():
    vague = {"utils", "util", "helpers", "helper", "tools", "common", "misc"}
    modules = [*MODULES, *BENCHMARKS]
    assert not [str(path) for path in modules if path.stem in vague or path.parent.name in vague]


def test_a_class_has_its_name_for_itself():
    """So that a traceback, a search and an import need no more than the name."""
    homes: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert not {name: paths for name, paths in homes.items() if len(paths) > 1}


def test_views_hold_no_sql_and_no_html():
    for path in VIEWS:
        tree = ast.parse(path.read_text())
        imported = {
            name.split(".")[0]
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert "sqlalchemy" not in imported, path
        strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        assert not [s for s in strings if isinstance(s, str) and "</" in s], path


def test_a_view_parses_calls_and_answers():
    for path in VIEWS:
        long = {
            node.name: _lines(node)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.FunctionDef) and _is_routed(node) and _lines(node) > VIEW_LIMIT
        }
        assert not long, f"{path.relative_to(ROOT)}: {long}"


def _is_routed(function: ast.FunctionDef) -> bool:
    called = [d.func for d in function.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(f, ast.Attribute) and f.attr in ("get", "post", "route") for f in called)


def _lines(function: ast.FunctionDef) -> int:
    """Lines of the body, without its docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_an_id_in_an_address_is_one_that_a_database_can_hold():
    """`<int:…>` takes any number; one that no column holds is an error of the server."""
    for path in VIEWS:
        assert "<int:" not in path.read_text(encoding="utf-8"), path
