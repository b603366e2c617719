import json

import pytest

from riskcalc.chains import read_chain


@pytest.fixture
def read(tmp_path):
    """Read text, or JSON when it is given data, from a file whose name says nothing."""

    def read_content(content, **options):
        path = tmp_path / "quotes.dat"
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_bytes(text.encode())
        return read_chain(path, **options)

    return read_content
