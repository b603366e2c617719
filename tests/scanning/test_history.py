import os
import signal
import time

import numpy as np
import pandas as pd
import pytest

from riskcalc.chains import Chain
from riskcalc.domain import View
from riskcalc.domain.trading_day import TradingDay
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.scanning import ScanRules
from riskcalc.scanning.day_checks import scan_day_checks
from riskcalc.scanning.history import ScanTerms, scan_history
from riskcalc.scanning.sources import ChainSource, chain_sources, read_source
from tests.chains.quoted import DAY
from tests.scanning.smiling import ACCOUNT, EXITS, MARKET, smiling_chain

TERMS = ScanTerms(market=MARKET, account=ACCOUNT, exits=EXITS, view=View(drift=0.1), rules=ScanRules())
STRIKES = tuple(range(270, 340, 10))
DAYS = 2


def table_of(chain):
    frame = chain.to_frame().drop(columns="status")
    return frame.assign(spot=chain.spot, date=str(chain.date)).drop(columns=["last", "volume", "quoted_vol"])


def another_day(chain, days):
    return Chain(
        symbol=chain.symbol,
        date=(np.datetime64(DAY) + np.timedelta64(days, "D")).astype(object),
        spot=chain.spot,
        expiry=chain.expiry,
        strike=chain.strike,
        option_type=chain.option_type,
        bid=chain.bid,
        ask=chain.ask,
        open_interest=chain.open_interest,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("history")
    chain = smiling_chain(days=(60,), strikes=STRIKES)
    for days in range(DAYS):
        table_of(another_day(chain, days)).to_csv(path / f"day-{days}.csv", index=False)
    return path


@pytest.fixture(scope="module")
def alone(folder):
    return scan_history(chain_sources([folder]), TERMS)


def test_a_folder_is_one_table(alone):
    assert sorted(alone["source"].unique()) == [f"day-{days}.csv" for days in range(DAYS)]
    assert sorted(alone["date"].unique()) == ["2026-07-20", "2026-07-21"]
    assert alone["view_r"].is_monotonic_decreasing
    assert alone.attrs["chains"] == DAYS
    assert alone.attrs["symbol"] == "IWM"
    assert alone.attrs["smile_inside"] == 1.0
    assert alone.attrs["smile_liquid"] >= DAYS * 6


def test_its_rows_are_those_of_each_chain_alone(folder, alone):
    chain = read_source(ChainSource(folder / "day-1.csv"))
    one = TERMS.scan(chain)
    rows = alone[alone["source"] == "day-1.csv"].drop(columns=["source", "date"]).reset_index(drop=True)
    keys = ["expiry", "long_strike", "short_strike"]
    pd.testing.assert_frame_equal(
        rows.sort_values(keys, ignore_index=True),
        one.sort_values(keys, ignore_index=True),
        check_categorical=False,
    )


def test_a_parquet_history_is_split_by_day(folder, alone, tmp_path):
    whole = pd.concat([pd.read_csv(path) for path in sorted(folder.iterdir())])
    whole.to_parquet(tmp_path / "history.parquet", index=False)
    sources = chain_sources([tmp_path])
    assert [source.name for source in sources] == [
        f"history.parquet 2026-07-{20 + days}" for days in range(DAYS)
    ]
    result = scan_history(sources, TERMS)
    pd.testing.assert_frame_equal(result.drop(columns="source"), alone.drop(columns="source"))


def test_a_bad_file_is_left_out_and_named(folder, alone, tmp_path):
    (tmp_path / "bad.csv").write_text("nothing,here\n1,2\n")
    result = scan_history(chain_sources([folder, tmp_path / "bad.csv"]), TERMS)
    assert len(result) == len(alone)
    (problem,) = result.attrs["problems"]
    assert "bad.csv" in problem
    with pytest.raises(ChainError, match=r"bad\.csv"):
        scan_history(chain_sources([tmp_path / "bad.csv"]), TERMS)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(
        ChainError,
        match=r"the folder holds no file that ends in \.csv, \.csv\.gz, \.json, \.json\.gz, .*\.parquet",
    ):
        chain_sources([tmp_path])


def test_a_chain_of_any_symbol_is_scanned_and_what_was_assumed_is_said(folder, alone, tmp_path):
    path = tmp_path / "other.csv"
    table_of(smiling_chain(days=(60,), strikes=STRIKES)).assign(symbol="QQQQ").to_csv(path, index=False)
    result = scan_history(chain_sources([folder, path]), TERMS)
    assert len(result) > len(alone)
    assert not result.attrs["problems"]
    (warning,) = result.attrs["warnings"]
    assert warning.startswith(f"{path}: QQQQ is not in instruments.toml: taken as shares")


def test_a_chain_without_a_spread_is_named(folder, tmp_path):
    path = tmp_path / "short.csv"
    table_of(smiling_chain(days=(32,), strikes=STRIKES)).to_csv(path, index=False)
    result = scan_history(chain_sources([folder, path]), TERMS)
    (problem,) = result.attrs["problems"]
    assert problem == (
        f"{path}: IWM 2026-07-20: no spread passes the rules with 45 to 90 days to expiry, "
        "of 0 usable calls; listed days: 32"
    )


def test_files_of_one_name_are_told_apart(folder, tmp_path):
    paths = [tmp_path / part / "iwm.csv" for part in ("june", "july")]
    for path, day in zip(paths, ("day-0.csv", "day-1.csv"), strict=True):
        path.parent.mkdir()
        path.write_text((folder / day).read_text())
    result = scan_history(chain_sources(paths), TERMS)
    assert set(result["source"]) == {str(path) for path in paths}


def test_many_chains_have_no_one_spot_and_day(alone):
    assert not {"spot", "date"} & alone.attrs.keys()


def test_progress_is_told(folder):
    told = []
    scan_history(chain_sources([folder]), TERMS, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, DAYS) for done in range(DAYS + 1)]


@pytest.mark.slow
def test_a_cluster_gives_the_same_table(folder, alone, cluster):
    result = scan_history(chain_sources([folder]), TERMS, scheduler=cluster.scheduler_address)
    pd.testing.assert_frame_equal(result, alone)


@pytest.mark.slow
def test_a_lost_worker_costs_no_row(folder, alone, cluster):
    sources = chain_sources([folder]) * 12
    killed = []

    def kill_one(*_):
        if not killed:
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.process.process.pid)
            os.kill(killed[0], signal.SIGKILL)

    result = scan_history(sources, TERMS, scheduler=cluster.scheduler_address, progress=kill_one)
    assert killed
    assert len(result) == 12 * len(alone)
    assert not result.attrs["problems"]
    assert result["view_r"].to_numpy() == pytest.approx(np.repeat(alone["view_r"].to_numpy(), 12))


@pytest.mark.parametrize("address", ["luck", "tcp://host", "http://host:8786"])
def test_an_address_that_is_none_is_a_clear_error(folder, address):
    pytest.importorskip("distributed")
    with pytest.raises(InvalidInputError, match=rf"no Dask scheduler answers at {address}: .*address"):
        scan_history(chain_sources([folder]), TERMS, scheduler=address)


@pytest.mark.slow
def test_no_scheduler_is_a_clear_error(folder):
    pytest.importorskip("distributed")
    started = time.monotonic()
    with pytest.raises(InvalidInputError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        scan_history(chain_sources([folder]), TERMS, scheduler="tcp://127.0.0.1:9")
    assert time.monotonic() - started < 60


def test_the_best_rows_of_many_chains_are_those_of_the_whole_table(folder, alone):
    result = scan_history(chain_sources([folder]), TERMS, top=3)
    pd.testing.assert_frame_equal(result, alone.head(3), check_like=True, check_categorical=False)
    assert result.attrs["found"] == alone.attrs["found"] == len(alone) > 3
    assert result.attrs["kinds"] == alone.attrs["kinds"]


def test_all_rows_of_each_chain_are_written_where_it_is_scanned(folder, alone, tmp_path):
    result = scan_history(chain_sources([folder]), TERMS, top=1, folder=tmp_path / "rows")
    assert len(result) == 1
    assert result.attrs["found"] == len(alone)
    files = sorted((tmp_path / "rows").iterdir())
    assert [file.name for file in files] == [f"day-{days}.csv.parquet" for days in range(DAYS)]
    written = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    assert set(written.pop("symbol")) == {"IWM"}
    keys = ["source", "expiry", "long_strike", "short_strike"]
    pd.testing.assert_frame_equal(
        written.sort_values(keys, ignore_index=True),
        alone.sort_values(keys, ignore_index=True),
        check_categorical=False,
        check_dtype=False,
    )


def test_a_folder_that_cannot_be_written_names_the_chain(folder, tmp_path):
    (tmp_path / "day-0.csv.parquet").mkdir()
    (tmp_path / "day-0.csv.parquet" / "kept").touch()
    result = scan_history(chain_sources([folder]), TERMS, top=1, folder=tmp_path)
    (problem,) = result.attrs["problems"]
    assert "day-0.csv" in problem
    assert "written" in problem


@pytest.mark.parametrize("top", [0, -1, 1.5])
def test_a_count_of_rows_is_at_least_one(top):
    with pytest.raises(InvalidInputError, match="top must be a whole number >= 1"):
        TERMS.scan(smiling_chain(days=(60,), strikes=STRIKES), top=top)


def test_many_symbols_are_counted_and_not_listed(tmp_path):
    chain = smiling_chain(days=(60,), strikes=STRIKES)
    for number in range(8):
        table_of(chain).assign(symbol=f"AB{'CDEFGHIJ'[number]}").to_csv(
            tmp_path / f"{number}.csv", index=False
        )
    result = scan_history(chain_sources([tmp_path]), TERMS, top=2)
    assert result.attrs["symbol"] == "8 symbols"
    assert result.attrs["found"] >= 8
    assert result["symbol"].str.startswith("AB").all()
    assert scan_day_checks(result, TERMS, TradingDay(), top=2) == ()
