"""Imports, and folders to import."""

import zipfile

import pytest

from wiki.git.import_command import import_command


@pytest.fixture
def nexus_import(app):
    """Runs the command: `nexus_import(path, "--update")`."""

    def run(*arguments):
        return app.test_cli_runner().invoke(import_command, [str(each) for each in arguments])

    return run


@pytest.fixture
def tree(tmp_path):
    """Makes a folder of files, or a zip of it: `tree({"a/b.md": "text"}, is_zip=True)`."""

    def tree(files, *, is_zip=False):
        root = tmp_path / "tree"
        contents = {
            name: content if isinstance(content, bytes) else content.encode()
            for name, content in files.items()
        }
        if is_zip:
            with zipfile.ZipFile(tmp_path / "tree.zip", "w") as archive:
                for name, content in contents.items():
                    archive.writestr(name, content)
            return tmp_path / "tree.zip"
        for name, content in contents.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return root

    return tree
