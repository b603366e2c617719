"""Finding, loading and saving presets."""

from pathlib import Path

import platformdirs
import pytest

from riskcalc import presets
from riskcalc.errors import PresetError
from riskcalc.presets import (
    check_preset,
    find_preset,
    load_preset,
    preset_names,
    save_preset,
    shipped_folder,
    user_folder,
)
from tests.presets.texts import SPREAD


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The user's folder, not made yet, and a working folder beside it."""
    folder = tmp_path / "own"
    monkeypatch.setenv("RISKCALC_PRESETS", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def write(path, text=SPREAD):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_users_folder_is_the_platforms_or_the_named_one(own, monkeypatch):
    assert user_folder() == own
    monkeypatch.setenv("RISKCALC_PRESETS", "~/mine")
    assert user_folder() == Path.home() / "mine"
    monkeypatch.delenv("RISKCALC_PRESETS")
    monkeypatch.setenv("RISKCALC_HOME", "~/portable")
    assert user_folder() == Path.home() / "portable" / "presets"
    monkeypatch.delenv("RISKCALC_HOME", raising=False)
    assert user_folder() == platformdirs.user_data_path("riskcalc", appauthor=False) / "presets"


def test_names_with_their_origin(own):
    write(own / "zebra.toml")
    write(own / "iwm-shares.toml")
    write(own / ".hidden.toml")
    write(own / "notes.txt")
    assert [(listed.name, listed.origin) for listed in preset_names()] == [
        ("iwm-call-spread", "shipped"),
        ("iwm-shares", "yours"),
        ("iwm-spy-pair", "shipped"),
        ("tna-momentum", "shipped"),
        ("tza-hedge", "shipped"),
        ("zebra", "yours"),
    ]


def test_a_preset_of_the_users_hides_a_shipped_one(own):
    assert find_preset("iwm-shares").parent == shipped_folder()
    write(own / "iwm-shares.toml", SPREAD.replace("100_000", "5"))
    assert load_preset("iwm-shares").account.equity == 5


def test_a_path_is_no_name(own):
    write(own.parent / "iwm-shares")
    write(own.parent / "mine.toml", SPREAD.replace("100_000", "7"))
    write(own.parent / "plain", SPREAD.replace("100_000", "8"))
    assert find_preset("iwm-shares").parent == shipped_folder()
    for name in ("mine.toml", "./mine.toml", Path("mine.toml"), str(own.parent / "mine.toml")):
        assert load_preset(name).account.equity == 7
    assert load_preset("plain").account.equity == 8
    with pytest.raises(PresetError, match=r"none\.toml: cannot be read: no such file or directory"):
        load_preset("none.toml")


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("iwm-call-spred", "did you mean iwm-call-spread? "),
        ("qqq", ""),
        ("", ""),
        ("a\0b", ""),
        ("n" * 300, ""),
    ],
)
def test_an_unknown_preset_names_the_nearest_and_all(name, meant):
    with pytest.raises(PresetError) as refused:
        load_preset(name)
    known = "iwm-call-spread, iwm-shares, iwm-spy-pair, tna-momentum, tza-hedge"
    assert str(refused.value) == f"no preset is named {name!r}; {meant}known: {known}"


def test_an_installed_riskcalc_carries_its_presets(tmp_path, monkeypatch):
    inside = tmp_path / "riskcalc" / "presets"
    (inside / "shipped").mkdir(parents=True)
    monkeypatch.setattr("riskcalc.presets.store.__file__", str(inside / "store.py"))
    assert shipped_folder() == inside / "shipped"


def test_check_lists_every_problem_or_none(own):
    assert check_preset("iwm-call-spread") == ()
    path = write(own / "bad.toml", SPREAD.replace("stop = 6", "stop = 0").replace("100_000", "0"))
    problems = check_preset("bad")
    assert [line.split(" ")[:2] for line in problems] == [
        [f"{path}:", "exits.stop"],
        [f"{path}:", "account.equity"],
    ]


def test_check_resolves_the_trade_too(own):
    path = write(own / "late.toml", SPREAD.replace("days = 60", "expiry = 2026-07-17"))
    assert check_preset("late") == (
        f"{path}: expiry 2026-07-17 is before the market's date 2026-07-20: it has passed",
    )
    assert check_preset("none.toml") == ("none.toml: cannot be read: no such file or directory",)


def test_saving_makes_the_folder_and_loads_back(own):
    preset = load_preset("iwm-call-spread", {"exits.stop": "7%"})
    path = save_preset(preset, "mine")
    assert path == own / "mine.toml"
    result = load_preset("mine")
    assert (result.name, result.exits.stop) == ("mine", 0.07)
    assert save_preset(result, "other.toml") == own / "other.toml"


def test_saving_never_overwrites_without_force(own):
    preset = load_preset("iwm-call-spread")
    path = write(own / "mine.toml", "# precious")
    with pytest.raises(PresetError, match=r"mine\.toml: already exists; --force replaces it"):
        save_preset(preset, "mine")
    assert path.read_text() == "# precious"
    save_preset(preset, "mine", force=True)
    assert load_preset("mine").exits == preset.exits


NO_NAMES = ["", " ", ".", "..", "a/b", "a\\b", "../x", "/x", ".hidden", "a\nb", "a\0b", "x" * 101, ".toml"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_is_a_file_name(own, name):
    with pytest.raises(PresetError, match="the name of a preset must be 1 to 100 letters"):
        save_preset(load_preset("iwm-shares"), name)
    assert not own.exists()


@pytest.mark.parametrize("name", ["CON", "nul", "Aux", "com1", "LPT9.toml", "prn.old", "con .x"])
def test_a_name_is_no_device_of_windows(own, name):
    with pytest.raises(PresetError, match=f"{name.removesuffix('.toml')} is a device on Windows"):
        save_preset(load_preset("iwm-shares"), name)
    assert not own.exists()


@pytest.mark.parametrize("force", [False, True])
def test_a_name_differs_from_others_by_more_than_case(own, force):
    preset = load_preset("iwm-shares")
    with pytest.raises(PresetError, match="the preset iwm-shares differs by case alone"):
        save_preset(preset, "IWM-Shares", force=force)
    save_preset(preset, "mine")
    with pytest.raises(PresetError, match="the preset mine differs by case alone"):
        save_preset(preset, "MINE", force=force)
    assert [path.name for path in own.iterdir()] == ["mine.toml"]
    assert save_preset(preset, "iwm-shares") == own / "iwm-shares.toml"


@pytest.mark.parametrize("name", ["a", "my spread 2", "v1.2", "x" * 100, "Gr\u00fc\u00dfe"])
def test_a_name_may_be_what_people_write(own, name):
    assert save_preset(load_preset("iwm-shares"), name) == own / f"{name}.toml"
    assert load_preset(own / f"{name}.toml").name == name


def test_shipped_presets_are_never_written(own, monkeypatch):
    preset = load_preset("iwm-shares", {"exits.stop": "5%"})
    before = preset.path.read_bytes()
    monkeypatch.setenv("RISKCALC_PRESETS", str(shipped_folder()))
    for name in ("iwm-shares", "another"):
        with pytest.raises(PresetError, match="shipped presets cannot be changed"):
            save_preset(preset, name, force=True)
    with pytest.raises(PresetError, match="shipped presets cannot be changed"):
        save_preset(preset, "iwm-shares", folder=shipped_folder(), force=True)
    assert preset.path.read_bytes() == before
    assert not own.exists()


def test_a_newer_preset_is_refused_by_name(own):
    path = write(own / "newer.toml", SPREAD.replace("schema = 1", "schema = 7"))
    assert check_preset("newer") == (
        f"{path}: written by schema 7, this riskcalc reads up to 1: update riskcalc",
    )


def test_the_package_offers_its_names_and_no_other():
    assert all(getattr(presets, name) for name in presets.__all__)
    assert set(presets.__all__) <= set(dir(presets))
    with pytest.raises(AttributeError, match="nothing"):
        _ = presets.nothing


def test_a_home_folder_of_nobody_is_one_clear_line():
    with pytest.raises(PresetError, match=r"~nobody-at-all/mine: there is no such home folder"):
        load_preset("~nobody-at-all/mine")
