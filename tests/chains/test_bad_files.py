import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from riskcalc.chains import quote_file, read_chain, text_table
from riskcalc.errors import ChainError, InvalidInputError
from tests.chains.samples import usual_rows, yfinance_csv


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \r\n\n", "is empty"),
        (b"PK\x03\x04rest", "is a spreadsheet or zip archive; export the sheet as CSV"),
        (b"PAR1\x15\x04", "is Parquet, which only a scan reads; save it as CSV"),
        (b"\x1f\x8b\x08rest", r"is a damaged gzip archive; is the file cut off\?"),
        (
            gzip.compress(b"strike,bid" * 99, mtime=0)[:-9],
            r"is a damaged gzip archive; is the file cut off\?",
        ),
        (gzip.compress(b"strike\0bid", mtime=0), "is a binary file, not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is a binary file, not text"),
        ("strike,bid".encode("utf-16"), "is UTF-16 text; save it as UTF-8"),
        ("strike\nBörse".encode("latin-1"), r"line 2 is not UTF-8 text \(byte 0xf6\); save it as UTF-8"),
        (b"\n<!DOCTYPE html><html><body>503</body></html>", "is a web page, not a quote file"),
        (b"<html>\n<title>Too many requests</title>", "is a web page, not a quote file"),
        (
            b"date,close\n2026-07-20,295.39\n",
            "no column gives expiry, strike, type, bid, ask; its first line: date,close$",
        ),
        (b'{"options": []}', "is not a readable quote file: .* its keys: options$"),
        (b'{"data": {"options": [{"bid": 4', r"is damaged JSON at line 1 column 32: is the file cut off\?"),
        (b'{"data": {"options": [{"bi', r"is damaged JSON at line 1 column 24: is the file cut off\?"),
        (b'{\n "bid": 4,05 }', "is damaged JSON at line 2 column 1[12]: Expecting"),
        (
            b'{"options": [{"bid": ' + b"9" * 5000 + b"}]}",
            "is damaged JSON: a number has more than 4,300 digits",
        ),
        (b"[" * 100_000, "is JSON nested too deeply to be a chain"),
        (b"<?xml version='1.0'?><error/>", "is a web page, not a quote file"),
        (b"nothing like quotes", "is not a readable quote file: no column gives expiry"),
        (
            b"option,price\nIWM260918C00300000,5.1\n",
            "no column gives bid, ask; its first line: option,price$",
        ),
    ],
)
def test_what_is_no_quote_file_is_refused_in_one_line(tmp_path, content, message):
    path = tmp_path / "IWM_yfinance.csv"
    path.write_bytes(content)
    with pytest.raises(ChainError, match=message) as error:
        read_chain(path)
    assert str(error.value).startswith(f"{path}: ")
    text = str(error.value).removeprefix(f"{path}: ")
    assert "\n" not in text
    assert len(text) < 200


def test_gzipped_text_is_read_whatever_its_name(tmp_path):
    plain, packed = tmp_path / "quotes.csv", tmp_path / "quotes"
    plain.write_text(yfinance_csv(usual_rows()))
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_chain(packed).to_frame().equals(read_chain(plain).to_frame())


def test_an_archive_larger_than_it_seems_is_not_unpacked_whole(tmp_path, monkeypatch):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b" " * 5 * quote_file.MEGABYTE))
    monkeypatch.setattr(quote_file, "MAX_BYTES", quote_file.MEGABYTE)
    with pytest.raises(ChainError, match="is too large: more than 1 MB when unpacked"):
        read_chain(path)


def test_lines_may_end_as_on_an_old_mac(tmp_path):
    path = tmp_path / "quotes.csv"
    text = yfinance_csv(usual_rows())
    path.write_text(text)
    there = read_chain(path).to_frame()
    path.write_bytes(b"\r" + text.replace("\n", "\r").encode())
    assert read_chain(path).to_frame().equals(there)


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(ChainError, match=r"absent\.csv: cannot be read: No such file or directory"):
        read_chain(tmp_path / "absent.csv")


def test_a_path_that_cannot_be():
    with pytest.raises(ChainError, match=r"cannot be read: .*embedded null"):
        read_chain("quotes\0.csv")


@pytest.mark.parametrize("source", [None, 3, [], {}])
def test_what_is_neither_path_nor_table(source):
    with pytest.raises(InvalidInputError, match="source must be a path or a DataFrame, got "):
        read_chain(source)


def test_a_folder(tmp_path):
    with pytest.raises(ChainError, match="is a folder, not a file"):
        read_chain(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(ChainError, match="is a device or pipe, not a file"):
        read_chain(tmp_path / "pipe.csv")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "quotes.csv"
    path.write_text(yfinance_csv(usual_rows()))

    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    # Simulated: the superuser may read every file.
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ChainError, match=r"quotes\.csv: cannot be read: Permission denied"):
        read_chain(path)


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(quote_file.MAX_BYTES + 1)  # sparse: takes no room
    with pytest.raises(ChainError, match="is too large: 200 MB, at most 200 MB are read"):
        read_chain(path)


def test_large_json_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(quote_file, "MAX_JSON_BYTES", quote_file.MEGABYTE)
    path = tmp_path / "quotes.json"
    path.write_bytes(b"[" + b" " * 2 * quote_file.MEGABYTE + b"]")
    with pytest.raises(ChainError, match="is too large: 2 MB, at most 1 MB are read"):
        read_chain(path)


def test_more_lines_than_a_chain_has_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("expiry,strike,type,bid,ask\n" + "not a row\n" * (text_table.MAX_LINES + 1))
    with pytest.raises(
        ChainError, match="has 500,002 lines, at most 500,000 are read where some are quoted or uneven; keep"
    ):
        read_chain(path)


def test_reading_a_chain_imports_no_pandas(tmp_path):
    path = tmp_path / "quotes.csv"
    path.write_text(yfinance_csv(usual_rows()))
    program = (
        "import sys; from riskcalc.chains import read_chain; "
        "assert len(read_chain(sys.argv[1])) == 12; sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, path], check=False).returncode == 0
