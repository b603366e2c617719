"""Column names of vendors: one table of synonyms for every format, and the units of their numbers.

A name is compared in lower case without blanks and marks. A dotted name (``last_quote.bid``, a value inside
another) is looked up whole, then by its last part. A column of the call or the put alone says so in front or
behind: ``C_BID``, ``callBidPrice``, ``bid_put``, ``Call.bid``; or by a merge's suffix, ``bid_x``, ``bid_y``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from riskcalc.chains.occ_symbols import is_occ
from riskcalc.chains.text_table import Table, fields_of, normalize_name
from riskcalc.pricing.arrays import Floats
from riskcalc.records import dataclass

SYNONYMS = {
    "contract": "contract contractsymbol optionsymbol occsymbol occ osi osikey contractid contractname option"
    " optionchainid optionticker localsymbol rawsymbol detailsticker eventsymbol tosymbol keycontract",
    "symbol": "root rootsymbol optionroot optionrootsymbol actsymbol symbol ticker tickersymbol stocksymbol"
    " underlying underlyingsymbol underlyingticker underlyingassetticker keysymbol",
    "expiry": "expiry expiration expirationdate expirydate expiredate expirdate expdate exp exdate maturity"
    " maturitydate lasttradedateorcontractmonth expirationday expirygroup keyexpiry",
    "strike": "strike strikeprice strikepx k keystrike",
    "option_type": "optiontype type putcall callput cp cpflag callputflag contracttype optionright right side"
    " kind instrumentclass callorput keytype",
    "bid": "bid bidprice bestbid bidpx bidpx00 nbbobid bp latestquotebp lastquotebid bideod closebid bid1545",
    "ask": "ask askprice bestask offer offerprice bestoffer askpx askpx00 nbboask ap latestquoteap"
    " lastquoteask askeod closeask ask1545",
    "last": "last lastprice lasttradeprice lastsale lasttraded latest latesttradep ltp",
    "volume": "volume totalvolume tradevolume volu dayvolume",
    "open_interest": "openinterest openint oi opnint",
    "quoted_vol": "quotedvol modelgreeksimpliedvol iv impliedvolatility impliedvol midiv ivmid impvol implvol"
    " implvolatility smvvol volatility",
    "quoted_vol_percent": "ivpercent ivpct impliedvolatilitypercent impliedvolpercent",
    "quoted_delta": "quoteddelta modelgreeksdelta delta",
    "quoted_gamma": "quotedgamma modelgreeksgamma gamma",
    "quoted_theta_per_day": "quotedthetaperday modelgreekstheta theta",
    "quoted_vega_per_point": "quotedvegaperpoint modelgreeksvega vega",
    "size": "contractsize multiplier sharespercontract blocksize",
    "adjusted": "nonstandard isnonstandard adjustedflag isadjusted deliverycode ssflag",
    "mini": "mini ismini",
    "spot": "spot spotprice spotpx underlyingprice underlyinglast underlyinglastprice modelgreeksundprice"
    " undprice underlyingvalue underlyingspot underlyingclose stockprice stkpx currentprice"
    " underlyingassetprice"
    " priceunderlying activeunderlyingprice",
    "spot_bid": "underlyingbideod underlyingbid underlyingbidprice underlyingbid1545",
    "spot_ask": "underlyingaskeod underlyingask underlyingaskprice underlyingask1545",
    "quote_time": "quotetime quotedatetime quotetimestamp quotetimeinlong quoteunixtime quotereadtime"
    " feedtimestamp timestamp datetime asof updated latestquotet lastquotelastupdated tsrecv"
    " tsevent executedat quotedate"
    " datadate date time",
    "time_of_day": "msofday",
    "bid_time": "biddate bidtime",
    "ask_time": "askdate asktime",
    "updated": "updatedat lastupdated greeksupdatedat",
    "trade_time": "lasttradetime lasttradedatetime lasttradedate tradetime tradetimeinlong tradedate"
    " latesttradet lastdate snapshotdate",
    "rate": "interestrate",
    "link": "drilldownurl",
    "vendor": "optionext",
}
"""Names of each field, in order of preference; ``link`` holds an OCC symbol somewhere inside it,
``vendor`` only tells whose file it is."""

MIL = 0.001
"""A tenth of a cent, in dollars."""

AROUND = {
    "symbol": "underlyingsymbol symbol ticker code underlying keysymbol",
    "expiry": "expirationdate expiration expiry keyexpiry",
    "strike": "strike strikeprice keystrike",
    "option_type": "keytype optiontype",
    "size": "contractsize multiplier",
    "spot": f"{SYNONYMS['spot']} underlyingmark regularmarketprice lasttradeprice close price last mark",
    "spot_bid": SYNONYMS["spot_bid"],
    "spot_ask": SYNONYMS["spot_ask"],
    "quote_time": "lasttradetime lasttradedate regularmarkettime quotetime feedtimestamp timestamp updated"
    " asof date quotedate fetchedat",
    "rate": "interestrate",
}
"""Names of values that apply to all options of a JSON file."""

WORDS = frozenset(word for words in SYNONYMS.values() for word in words.split())
"""All known names."""

SIDE_WORDS = {"call": "call", "calls": "call", "c": "call", "ce": "call", "x": "call"} | {
    "put": "put", "puts": "put", "p": "put", "pe": "put", "y": "put"
}  # fmt: skip

SIDE_IN_FRONT = re.compile(r"(?P<side>calls?|puts?|ce|pe|c|p)[ _.\-]+(?P<name>.+)", re.IGNORECASE)

SIDE_IN_CAMEL = re.compile(r"(?P<side>[Cc]alls?|[Pp]uts?|ce|pe|c|p)(?P<name>[A-Z].*)")

SIDE_JOINED = re.compile(r"(?P<side>calls?|puts?)(?P<name>.+)", re.IGNORECASE)

SIDE_BEHIND = re.compile(
    r"(?P<name>.+?)(?:[ _.\-]+(?P<side>calls?|puts?|ce|pe|[cpxy])|(?P<camel>Calls?|Puts?))", re.IGNORECASE
)

SIDE_FORMS = (SIDE_IN_FRONT, SIDE_IN_CAMEL, SIDE_BEHIND, SIDE_JOINED)

SIDED = frozenset(SYNONYMS) - {
    "strike",
    "spot",
    "spot_bid",
    "spot_ask",
    "option_type",
    "link",
    "rate",
    "vendor",
}
"""Fields that a row has separately for its call and its put."""

Columns = Mapping[str, Sequence[str]]
"""Field to the file's names of it, best first."""

MILS = (frozenset({"msofday", "strike"}), frozenset({"strikeprice", "bestoffer"}))
"""Columns of vendors that write strikes in tenths of a cent: Theta Data, OptionMetrics."""

YEARLY = (frozenset({"optionext", "openinterest"}), frozenset({"bestoffer", "implvolatility"}))
"""Of those with theta per year and vega per 1.00 of vol: historicaloptiondata.com, OptionMetrics."""

PERCENT_VOL = 3.0
"""Vols whose median is above this are percent: 300% would be the middle of a chain."""

NANO = 1e-9

NANO_NAMES = ("px", "px00")
"""Ends of Databento's names of prices, which may be whole billionths of a dollar."""

LEAST_NANOS = 1e6

DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnNaming:
    """The columns of a header by field: shared ones, those of calls, and those of puts."""

    common: dict[str, list[str]]
    call: dict[str, list[str]]
    put: dict[str, list[str]]

    @property
    def two_sided(self) -> bool:
        """Whether a row holds a call, a put, or both, each with its own bid and ask."""
        return not _quoted(self.common) and (_quoted(self.call) or _quoted(self.put))

    @property
    def sides(self) -> dict[str, dict[str, list[str]]]:
        """Columns of each side that has quotes, shared ones included; a side of no name where all are."""
        if not self.two_sided:
            return {"": self.common}
        both = {"call": self.call, "put": self.put}
        return {
            side: _merged(side_columns, self.common)
            for side, side_columns in both.items()
            if _quoted(side_columns)
        }

    @property
    def missing(self) -> list[str]:
        """Required fields that the header does not have."""
        fields = set(self.common).union(*self.sides.values())
        needed = ["expiry", "strike", "option_type", "bid", "ask"]
        if fields & {"contract", "link"}:
            needed = ["bid", "ask"]
        if self.two_sided:
            fields.add("option_type")
        return [name.removeprefix("option_") for name in needed if name not in fields]

    @property
    def of_chain(self) -> bool:
        """Whether it has bids and asks, and something that tells one option from another."""
        fields = set(self.common).union(*self.sides.values())
        is_complete = {"expiry", "strike"} <= fields and ("option_type" in fields or self.two_sided)
        has_contract = fields & {"contract", "symbol", "link"} or (self.two_sided and "strike" in fields)
        return _quoted(dict.fromkeys(fields)) and bool(is_complete or has_contract)

    def columns(self) -> set[str]:
        """Every column that has a meaning."""
        parts = (self.common, self.call, self.put)
        return {name for part in parts for names in part.values() for name in names}


@lru_cache(maxsize=2**12)
def column_naming(header: tuple[str, ...]) -> ColumnNaming:
    """Return the fields of the columns of a header.

    Examples
    --------
    >>> naming = column_naming(("K", "C_BID", "C_ASK", "bid_y", "ask_y", "Expiration Date"))
    >>> naming.two_sided, naming.common, naming.put
    (True, {'expiry': ['Expiration Date'], 'strike': ['K']}, {'bid': ['bid_y'], 'ask': ['ask_y']})
    """
    sides: dict[str, list[tuple[str, str]]] = {"": [], "call": [], "put": []}
    for name in header:
        side, bare = ("", name) if normalize_name(name) in WORDS else _side_of(name)
        sides[side].append((bare, name))
    common, call, put = (fields_of(sides[side], table=SYNONYMS) for side in ("", "call", "put"))
    if _quoted(common) and _quoted(call) != _quoted(put):
        # A merge may mark only one side: the unmarked column is then the other side's.
        marked, other = (call, put) if _quoted(call) else (put, call)
        other |= {field: common.pop(field) for field in list(common) if field in marked}
    return ColumnNaming(common=common, call=call, put=put)


def surrounding(names: Iterable[str]) -> dict[str, list[str]]:
    """Fields of values that apply to all options."""
    whole: dict[str, list[str]] = {}
    for name in names:
        whole.setdefault(normalize_name(name), []).append(name)
        if "." in name:
            whole.setdefault(normalize_name(name.rpartition(".")[2]), []).append(name)
    columns_by_field = {
        field: [name for word in synonyms.split() for name in whole.get(word, ())]
        for field, synonyms in AROUND.items()
    }
    return {field: list(dict.fromkeys(columns)) for field, columns in columns_by_field.items() if columns}


def names_by_side(header: Sequence[str]) -> tuple[str, ...]:
    """Distinct names for columns repeated on both sides of the strike: calls left, puts right.

    Examples
    --------
    >>> names_by_side(["Bid", "Ask", "Strike", "Bid", "Ask"])
    ('Calls Bid', 'Calls Ask', 'Strike', 'Puts Bid', 'Puts Ask')
    """
    names = [re.sub(r"\.1$", "", name) for name in header]
    middle = next(
        (index for index, name in enumerate(names) if normalize_name(name) in SYNONYMS["strike"].split()), -1
    )
    twice = {name for name in names if name and names.count(name) > 1}
    if middle < 0 or not any(normalize_name(name) in SYNONYMS["bid"].split() for name in twice):
        return tuple(header)
    sides = ["Calls" if index < middle else "Puts" for index in range(len(names))]
    if any(
        {names[:middle].count(name), names[middle:].count(name)} != {1}
        for name in twice & _underlying_names(names)
    ):
        return tuple(header)
    distinct = [f"{side} {name}" if name in twice else name for side, name in zip(sides, names, strict=True)]
    # Cboe heads the columns of the contracts with the side alone.
    return tuple(f"{name} contract" if name in {"Calls", "Puts"} else name for name in distinct)


def holds_contract(value: object) -> bool:
    """Whether a value is an option's symbol."""
    return isinstance(value, str) and is_occ(value)


def strike_units(name: str, table: Table) -> tuple[float, ...]:
    """Dollars in a unit of the strikes, as a vendor writes them; the first is tried first.

    Some files of such vendors are in dollars already: the prices tell.
    """
    words = {normalize_name(column) for column in table.columns}
    return (MIL, 1.0) if normalize_name(name) and any(marks <= words for marks in MILS) else (1.0, MIL)


def unit_factor(field: str, name: str, table: Table, values: Floats) -> float:
    """Return the factor that converts the numbers of a column."""
    if field in {"quoted_vol", "quoted_vol_percent"}:
        return _vol_unit(field, name, table, values)
    if field in {"bid", "ask", "last"} and normalize_name(name).endswith(NANO_NAMES):
        positive = values[np.isfinite(values) & (values > 0)]
        return NANO if positive.size and positive.min() >= LEAST_NANOS else 1.0
    words = {normalize_name(column) for column in table.columns}
    if any(marks <= words for marks in YEARLY):
        return {"quoted_theta_per_day": 1 / DAYS_A_YEAR, "quoted_vega_per_point": 0.01}.get(field, 1.0)
    return 1.0


def _underlying_names(names: Iterable[str]) -> set[str]:
    return {name for name in names if normalize_name(name) in WORDS}


def _side_of(name: str) -> tuple[str, str]:
    """Side and bare name of a column; the side is empty if the name has none."""
    text = re.sub(r"[()\[\]]", " ", name).strip()
    for form in SIDE_FORMS:
        match = form.fullmatch(text)
        if match and set(fields_of([(match["name"], name)], table=SYNONYMS)) & SIDED:
            word = match["side"] or match.groupdict().get("camel") or ""
            return SIDE_WORDS[word.lower()], match["name"]
    return "", name


def _quoted(fields: Mapping[str, object]) -> bool:
    return {"bid", "ask"} <= fields.keys()


def _merged(side_columns: Columns, common: Columns) -> dict[str, list[str]]:
    return {
        field: [*side_columns.get(field, ()), *common.get(field, ())] for field in {**common, **side_columns}
    }


def _vol_unit(field: str, name: str, table: Table, values: Floats) -> float:
    column = table.columns.get(name)
    if column is None or any("%" in text for text in column.texts[:50]):
        return 1.0
    positive = values[values > 0]
    large = bool(positive.size) and float(np.median(positive)) > PERCENT_VOL
    return 0.01 if large or field == "quoted_vol_percent" else 1.0
