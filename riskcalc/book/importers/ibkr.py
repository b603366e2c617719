"""Interactive Brokers: activity statements as CSV, and Flex queries as XML."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from riskcalc.book.fills import Contract, Fill, FillKind
from riskcalc.book.importers.parsed import ParsedFile, SkippedRow, make_fill, read_records, required
from riskcalc.book.importers.text import Keys, Record, Row, make_option, moment, option, shares_of
from riskcalc.errors import BookError

SOURCE = "ibkr"
_SPLIT = re.compile(r"([A-Z][A-Z0-9.]*)\(.*?\) (?:Split|Reverse Split) (\d+) for (\d+)", re.IGNORECASE)
_DIVIDEND = re.compile(r"([A-Z][A-Z0-9.]*)\s*\(.*?\).*dividend", re.IGNORECASE)
_NOTES = {"A": FillKind.ASSIGNMENT, "Ex": FillKind.EXERCISE, "Ep": FillKind.EXPIRATION}
_IGNORED = {
    "Open Positions": "is held at the end of the statement; fills are read from Trades",
}


def read(rows: Sequence[Row]) -> ParsedFile | None:
    """Read an activity statement; None where the rows are of another kind."""
    if not any(row.cells[:2] == ["Statement", "Header"] for row in rows):
        return None
    sections = _sections(rows)
    parsed = read_records(SOURCE, sections.get("Trades", []), _trade)
    for name, reader in (("Corporate Actions", _corporate_action), ("Dividends", _dividend)):
        parsed = parsed.joined(read_records(SOURCE, sections.get(name, []), reader))
    for name, reason in _IGNORED.items():
        parsed.skipped += [
            SkippedRow(record.line, f"{record.text('symbol')} {reason}") for record in sections.get(name, [])
        ]
    return parsed


def read_flex(text: str) -> ParsedFile | None:
    """Read the XML of a Flex query; None where it is other XML.

    Raises
    ------
    BookError
        It is damaged, or declares entities of its own.
    """
    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise BookError("declares entities of its own, which no Flex query does")
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise BookError(f"is damaged XML: {error}") from None
    if root.tag != "FlexQueryResponse":
        return None
    return read_records(SOURCE, list(_flex_records(root)), _flex_row)


def _sections(rows: Sequence[Row]) -> dict[str, list[Record]]:
    """Data rows of each section, by the names of its latest header; totals are left out."""
    headers: dict[str, list[str]] = {}
    sections: dict[str, list[Record]] = {}
    for row in rows:
        section, kind, *cells = (*row.cells, "", "")
        if kind == "Header":
            headers[section] = [cell.lower() for cell in cells]
        elif kind == "Data" and section in headers:
            # A time with a comma that nobody quoted makes one cell too many.
            cells = _join_cells(cells, headers[section])
            sections.setdefault(section, []).append(
                Record(row.line, dict(zip(headers[section], cells, strict=False)))
            )
    return sections


def _join_cells(cells: list[str], names: list[str]) -> list[str]:
    index = names.index("date/time") if "date/time" in names else -1
    pair = " ".join(cells[index : index + 2]) if index >= 0 else ""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?", pair):
        return cells
    return [*cells[:index], pair, *cells[index + 2 :]]


def _trade(record: Record, keys: Keys) -> Fill | str:
    if record.text("datadiscriminator").lower() not in {"order", "trade", "execution"}:
        return "is not a trade"
    if "forex" in record.text("asset category").lower():
        return "is a currency exchange"
    symbol = record.text("symbol")
    contract = option(symbol) or shares_of(symbol)
    codes = re.split(r"[;, ]+", record.text("code"))
    kind = next((_NOTES[code] for code in codes if code in _NOTES), FillKind.TRADE)
    quantity = required(record.number("quantity"), "quantity")
    return make_fill(
        keys,
        source=SOURCE,
        time=moment(record.text("date/time")),
        contract=contract,
        quantity=quantity,
        price=abs(required(record.number("t. price"), "price")),
        costs=-(record.number("comm/fee", "comm in usd") or 0.0),
        kind=kind,
        opens=_opens(codes, contract, kind),
    )


def _opens(codes: Sequence[str], contract: Contract, kind: FillKind) -> bool | None:
    """Whether a trade opens a position; the shares of an assignment may do either."""
    if "O" in codes:
        return True
    return False if "C" in codes or (contract.is_option and kind is not FillKind.TRADE) else None


def _corporate_action(record: Record, keys: Keys) -> Fill | str:
    match = _SPLIT.match(record.text("description"))
    if not match:
        return "is a corporate action that is not read; record what it changed with `riskcalc book`"
    return make_fill(
        keys,
        source=SOURCE,
        time=moment(record.text("date/time", "report date")),
        contract=shares_of(match[1]),
        quantity=float(match[2]) / float(match[3]),
        price=0.0,
        kind=FillKind.SPLIT,
    )


def _dividend(record: Record, keys: Keys) -> Fill | str:
    match = _DIVIDEND.match(record.text("description"))
    if not match:
        return "is a dividend without a symbol"
    return make_fill(
        keys,
        source=SOURCE,
        time=moment(record.text("date")),
        contract=shares_of(match[1]),
        quantity=0.0,
        price=required(record.number("amount"), "amount"),
        kind=FillKind.DIVIDEND,
    )


def _flex_records(root: ET.Element) -> Iterator[Record]:
    """Elements with trades, events of options, splits and dividends; a line is the element's number."""
    tags = {"Trade", "OptionEAE", "CorporateAction", "CashTransaction"}
    for number, element in enumerate(root.iter(), start=1):
        if element.tag in tags:
            cells: Mapping[str, str] = {name.lower(): value for name, value in element.attrib.items()}
            yield Record(number, {**cells, "element": element.tag})


def _flex_row(record: Record, keys: Keys) -> Fill | str:
    element = record.text("element")
    if element == "CorporateAction":
        return _corporate_action(_renamed(record, "actiondescription"), keys)
    if element == "CashTransaction":
        if "dividend" not in record.text("type").lower():
            return f"{record.text('type')} is not a trade"
        return _flex_cash(record, keys)
    if element == "OptionEAE" or record.text("assetcategory").upper() in {"CASH", "FX"}:
        return "is also among the trades" if element == "OptionEAE" else "is a currency exchange"
    quantity = required(record.number("quantity"), "quantity")
    sold = record.text("buysell").upper().startswith("SELL")
    codes = re.split(r"[;, ]+", record.text("notes"))
    kind = next((_NOTES[code] for code in codes if code in _NOTES), FillKind.TRADE)
    return make_fill(
        keys,
        source=SOURCE,
        time=_flex_time(record.text("datetime", "tradedate")),
        contract=_flex_contract(record),
        quantity=-abs(quantity) if sold else quantity,
        price=abs(required(record.number("tradeprice", "price"), "price")),
        costs=-(record.number("ibcommission", "commission") or 0.0),
        kind=kind,
        order=record.text("iborderid", "orderid"),
        opens={"O": True, "C": False}.get(record.text("opencloseindicator").upper()),
        identity=record.text("tradeid", "transactionid"),
    )


def _renamed(record: Record, name: str) -> Record:
    return Record(
        record.line,
        {
            **record.cells,
            "description": record.text("description", name),
            "date/time": record.text("datetime", "reportdate").replace(";", " "),
        },
    )


def _flex_cash(record: Record, keys: Keys) -> Fill | str:
    symbol = record.text("symbol")
    if not symbol:
        return "is a dividend without a symbol"
    return make_fill(
        keys,
        source=SOURCE,
        time=_flex_time(record.text("datetime", "settledate", "reportdate")),
        contract=shares_of(symbol),
        quantity=0.0,
        price=required(record.number("amount"), "amount"),
        kind=FillKind.DIVIDEND,
        identity=record.text("transactionid"),
    )


def _flex_time(text: str) -> dt.datetime:
    compact = re.fullmatch(r"(\d{8})[; ]?(?:(\d{2}):?(\d{2}):?(\d{2}))?", text)
    if compact is None:
        return moment(text)
    clock = f" {compact[2]}:{compact[3]}:{compact[4]}" if compact[2] else ""
    day = compact[1]
    return moment(f"{day[:4]}-{day[4:6]}-{day[6:]}{clock}")


def _flex_contract(record: Record) -> Contract:
    symbol = record.text("underlyingsymbol", "symbol").upper()
    if record.text("assetcategory").upper() != "OPT":
        return shares_of(record.text("symbol"))
    day = record.text("expiry")
    day = f"{day[:4]}-{day[4:6]}-{day[6:]}" if re.fullmatch(r"\d{8}", day) else day
    return make_option(
        symbol,
        day,
        record.text("strike"),
        record.text("putcall"),
        multiplier=record.number("multiplier"),
    )
