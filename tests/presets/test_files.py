"""Files that are no preset, and writes that crash."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from riskcalc.errors import PresetError
from riskcalc.presets.files import MOST_BYTES, read_text, write_whole


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine.toml"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a = 1\n" * (MOST_BYTES // 6 + 1), "is larger than 1,000,000 bytes, too large for a preset file"),
        (b"\x7fELF\0\1", "is a binary file, not a text"),
        (b"a = 1\nb = '\xff'", "line 2: is not UTF-8 text"),
        ("a = 1".encode("utf-16"), "is a binary file, not a text"),
    ],
    ids=["huge", "binary", "latin", "utf-16"],
)
def test_content_that_is_no_text(path, content, text):
    path.write_bytes(content)
    with pytest.raises(PresetError) as refused:
        read_text(path)
    assert str(refused.value) == f"{path}: {text}"


def test_a_byte_order_mark_is_not_part_of_the_text(path):
    path.write_bytes(b"\xef\xbb\xbfa = 1")
    assert read_text(path) == "a = 1"


def test_another_kind_of_file_is_called_by_its_name(tmp_path):
    with pytest.raises(PresetError, match="is a folder, not a dividend file"):
        read_text(tmp_path, kind="dividend")


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, text in [
        (tmp_path, "is a folder, not a preset file"),
        (tmp_path / "pipe", "is not a regular file"),
        (tmp_path / "none.toml", "cannot be read: no such file or directory"),
        (tmp_path / ("n" * 300), "cannot be read: file name too long"),
        (Path("a\0b"), "cannot be read: "),
    ]:
        with pytest.raises(PresetError, match=text):
            read_text(path)


def test_a_file_without_permission(path, monkeypatch):
    path.write_text("a = 1")
    # Tests may run as root, whom no mode keeps out.
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(PresetError) as refused:
        read_text(path)
    assert str(refused.value) == f"{path}: cannot be read: permission denied"


def denied(*_args, **_kwargs):
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def full(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupted(*_args, **_kwargs):
    raise KeyboardInterrupt


class FullDisk:
    """A file on a disk without room."""

    def __init__(self, handle):
        self.handle = handle

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        os.close(self.handle)

    def write(self, content):
        os.write(self.handle, content[: len(content) // 2])
        full()


FAILURES = {
    "full disk at replace": ("os.replace", full, "no space left on device"),
    "full disk at sync": ("os.fsync", full, "no space left on device"),
    "full disk at write": ("os.fdopen", lambda handle, _mode: FullDisk(handle), "no space left on device"),
    "read-only folder": ("tempfile.mkstemp", denied, "permission denied"),
}


@pytest.mark.parametrize("old", [[], ["old"]], ids=["new file", "old file"])
@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_write_leaves_what_was_there_and_nothing_else(path, monkeypatch, old, failure):
    for text in old:
        path.write_text(text)
    name, fails, reason = FAILURES[failure]
    monkeypatch.setattr(name, fails)
    with pytest.raises(PresetError) as refused:
        write_whole(path, "new\n" * 100)
    monkeypatch.undo()
    assert str(refused.value) == f"{path}: cannot be saved: {reason}"
    assert [result.read_text() for result in path.parent.iterdir()] == old


@pytest.mark.parametrize("name", ["os.replace", "os.fsync"])
def test_an_interrupted_write_leaves_what_was_there_and_nothing_else(path, monkeypatch, name):
    path.write_text("old")
    monkeypatch.setattr(name, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    monkeypatch.undo()
    assert [result.read_text() for result in path.parent.iterdir()] == ["old"]


def test_a_killed_process_leaves_the_old_file_whole(path):
    path.write_text("old\n")
    code = (
        "import os, sys; from pathlib import Path; from riskcalc.presets.files import write_whole;"
        "os.replace = lambda *_: os._exit(9); write_whole(Path(sys.argv[1]), 'new')"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert ran.returncode == 9
    assert path.read_text() == "old\n"
    assert [result.name for result in path.parent.glob("[!.]*")] == ["mine.toml"]


def test_a_folder_that_cannot_be_synced_does_not_undo_the_write(path, monkeypatch):
    monkeypatch.setattr("os.open", denied)
    # mkstemp opens with os.open too, so it is stood in for.
    temporary = path.parent / ".mine-x.tmp"
    file = temporary.open("wb", buffering=0)
    monkeypatch.setattr("tempfile.mkstemp", lambda **_: (os.dup(file.fileno()), str(temporary)))
    write_whole(path, "new")
    file.close()
    assert path.read_text() == "new"


def test_a_write_makes_folders_keeps_the_mode_and_follows_links(tmp_path):
    real = tmp_path / "a" / "b" / "real.toml"
    write_whole(real, "one")
    assert real.stat().st_mode & 0o777 == 0o600
    real.chmod(0o644)
    link = tmp_path / "link.toml"
    link.symlink_to(real)
    write_whole(link, "two \N{EURO SIGN}")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "two \N{EURO SIGN}"
    assert real.stat().st_mode & 0o777 == 0o644
