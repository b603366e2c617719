"""One made-up chain in the layouts of many vendors: a table of writers, each read to the same answer."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from riskcalc.chains import sample_chain

DAY = dt.date(2026, 7, 20)
SPOT = 295.39
CLOSE = 1784577600
"""2026-07-20 16:00 in New York, in seconds."""
EXPIRIES = ("2026-09-18", "2026-10-16")
GIVEN: dict[str, Any] = {"symbol": "IWM", "spot": SPOT, "date": DAY}


def base_frame():
    """The 228 quotes of two expiries of the sample."""
    frame = sample_chain().to_frame()[["expiry", "strike", "option_type", "bid", "ask"]]
    frame["expiry"] = frame["expiry"].dt.strftime("%Y-%m-%d")
    selected = frame["expiry"].isin(EXPIRIES) & frame["strike"].between(270, 330)
    return frame[selected].reset_index(drop=True)


FRAME = base_frame()
QUOTES = [SimpleNamespace(**row) for row in FRAME.to_dict("records")]


def pairs(expiry=""):
    """Calls and puts of one strike."""
    calls = [quote for quote in QUOTES if quote.option_type == "call" and quote.expiry.startswith(expiry)]
    puts = {(quote.expiry, quote.strike): quote for quote in QUOTES if quote.option_type == "put"}
    return [(call, puts[call.expiry, call.strike]) for call in calls]


def occ(one, root="IWM", *, mark=""):
    """OCC symbol, with something before and behind its root."""
    kind, mils = one.option_type[0].upper(), round(one.strike * 1000)
    return f"{mark}{root}{one.expiry[2:4]}{one.expiry[5:7]}{one.expiry[8:]}{kind}{mils:08d}"


def epoch(day, hour=0):
    return int(dt.datetime.fromisoformat(f"{day}T{hour:02d}:00:00+00:00").timestamp())


def american(day):
    return f"{day[5:7]}/{day[8:]}/{day[:4]}"


def rows(header, write):
    """CSV text, a line for each quote."""
    return "\n".join([header, *(write(quote) for quote in QUOTES)]) + "\n"


def paired_rows(header, write):
    """CSV text, a line for each call with its put."""
    return "\n".join([header, *(write(call, put) for call, put in pairs())]) + "\n"


def optionsdx():
    names = "QUOTE_UNIXTIME QUOTE_READTIME QUOTE_DATE UNDERLYING_LAST EXPIRE_DATE C_IV C_SIZE C_BID C_ASK "
    names += "STRIKE P_BID P_ASK P_IV"
    return paired_rows(
        ", ".join(f"[{name}]" for name in names.split()),
        lambda c, p: (
            f"{CLOSE}, 2026-07-20 16:00, 2026-07-20, {SPOT}, {c.expiry}, , 5 x 10, {c.bid}, {c.ask}, "
            f"{c.strike}, {p.bid}, {p.ask}, "
        ),
    )


def datashop():
    return rows(
        "underlying_symbol,quote_date,root,expiration,strike,option_type,bid_1545,ask_1545,underlying_bid_1545,"
        "underlying_ask_1545,bid_eod,ask_eod,underlying_bid_eod,underlying_ask_eod,delivery_code",
        lambda q: (
            f"IWM,2026-07-20,IWM,{q.expiry},{q.strike},{q.option_type[0].upper()},{q.bid - 0.1:.2f},"
            f"{q.ask - 0.1:.2f},295.37,295.41,{q.bid},{q.ask},295.38,295.40,"
        ),
    )


def historical():
    return rows(
        "UnderlyingSymbol,UnderlyingPrice,OptionSymbol,OptionExt,Type,Expiration,DataDate,Strike,Bid,Ask,"
        "OpenInterest,IV,Theta,Vega",
        lambda q: (
            f"IWM,{SPOT},{occ(q)},,{q.option_type},{american(q.expiry)},07/20/2026 16:00,{q.strike},{q.bid},"
            f"{q.ask},0,0.2,-36.5,40"
        ),
    )


def barchart():
    return (
        rows(
            'Symbol,Type,Price~,"Exp Date",Strike,Moneyness,Bid,Ask,Volume,"Open Int",IV',
            lambda q: (
                f'IWM,{q.option_type.title()},{SPOT},{q.expiry},{q.strike:g},+1.00%,{q.bid},{q.ask},12,"7,403",20.11%'
            ),
        )
        + '"Downloaded from Barchart.com as of 07-20-2026 03:00pm CDT"\n'
    )


def thinkorswim():
    blocks = ["Stock quote and option quote for IWM on 7/20/26 13:00:02", "", "UNDERLYING"]
    blocks += ["LAST,LX,BID,BX,ASK,AX,Volume", f'{SPOT},P,295.38,P,295.4,Q,"21,334,310"', ""]
    for expiry in EXPIRIES:
        day = dt.date.fromisoformat(expiry).strftime("%d %b %y").upper()
        blocks += [
            f"{day}  (60)  100",
            "",
            ",,Impl Vol,Open.Int,BID,BX,ASK,AX,Exp,Strike,BID,BX,ASK,AX,Impl Vol,Open.Int,,",
        ]
        blocks += [
            f',,20.11%,"10,624",{c.bid},C,{c.ask},X,{day},{c.strike:g},{p.bid},C,{p.ask},X,<empty>,--,,'
            for c, p in pairs(expiry)
        ]
    return "\n".join(blocks) + "\n"


def theta():
    return rows(
        "root,expiration,strike,right,ms_of_day,bid,ask,date",
        lambda q: (
            f"IWM,{q.expiry.replace('-', '')},{round(1000 * q.strike)},{q.option_type[0].upper()},57600000,"
            f"{q.bid},{q.ask},20260720"
        ),
    )


def spreadsheet():
    text = rows(
        "Symbol,Expiration,Strike,Type,Bid,Ask,Underlying Price,Quote Date",
        lambda q: (
            f"IWM,{q.expiry},${q.strike:.2f},{q.option_type.upper()},${q.bid:.2f},${q.ask:.2f},${SPOT},2026-07-20"
        ),
    )
    return "\ufeff" + text.replace("\n", "\r\n")


def orats():
    def record(c, p):
        return {
            "ticker": "IWM",
            "tradeDate": "2026-07-20",
            "expirDate": c.expiry,
            "strike": c.strike,
            "stockPrice": 295.5,
            "spotPrice": SPOT,
            "callBidPrice": c.bid,
            "callAskPrice": c.ask,
            "delta": 0.5,
            "putBidPrice": p.bid,
            "putAskPrice": p.ask,
            "callMidIv": 0.2,
            "putMidIv": 0.2,
            "callVolume": 1,
            "quoteDate": "2026-07-20T20:00:00Z",
            "updatedAt": "2026-07-21T01:00:02Z",
        }

    return json.dumps({"data": [record(*pair) for pair in pairs()]})


def orats_csv():
    return paired_rows(
        "ticker,stkPx,expirDate,strike,cVolu,cOi,cBidPx,cAskPx,pBidPx,pAskPx,cMidIv,pMidIv,spot_px,trade_date",
        lambda c, p: (
            f"IWM,295.5,{american(c.expiry)},{c.strike},0,1,{c.bid},{c.ask},{p.bid},{p.ask},.2,.2,{SPOT},07/20/2026"
        ),
    )


def marketdata():
    columns = {
        "optionSymbol": [occ(q) for q in QUOTES],
        "underlying": ["IWM"] * len(QUOTES),
        "expiration": [epoch(q.expiry, 20) for q in QUOTES],
        "side": [q.option_type for q in QUOTES],
        "strike": [q.strike for q in QUOTES],
        "updated": [CLOSE] * len(QUOTES),
        "bid": [q.bid for q in QUOTES],
        "ask": [q.ask for q in QUOTES],
        "last": [None] * len(QUOTES),
        "underlyingPrice": [SPOT] * len(QUOTES),
    }
    return json.dumps({"s": "ok", **columns})


def alpaca():
    def snapshot(q):
        quote = {
            "ap": q.ask,
            "as": 2,
            "ax": "A",
            "bp": q.bid,
            "bs": 3,
            "c": " ",
            "t": "2026-07-20T19:59:59.992734123Z",
        }
        trade = {"p": 1.1, "s": 1, "t": "2026-07-17T19:05:55.1Z"}
        return {
            "dailyBar": {"c": 1, "v": 3},
            "greeks": {"delta": 0.5},
            "latestQuote": quote,
            "latestTrade": trade,
        }

    return json.dumps({"next_page_token": None, "snapshots": {occ(q): snapshot(q) for q in QUOTES}})


def unusual_whales():
    records = [
        {"option_symbol": occ(q), "nbbo_bid": str(q.bid), "nbbo_ask": str(q.ask), "volume": 3} for q in QUOTES
    ]
    return json.dumps({"data": records})


def nasdaq():
    result = []
    for expiry in EXPIRIES:
        day = dt.date.fromisoformat(expiry)
        result.append(
            {
                "expirygroup": f"{day:%B} {day.day}, {day.year}",
                "expiryDate": None,
                "strike": None,
                "c_Bid": None,
            }
        )
        result += [
            {
                "expirygroup": "",
                "expiryDate": f"{day:%b} {day.day}",
                "strike": f"{c.strike:.2f}",
                "c_Last": "--",
                "c_Bid": str(c.bid),
                "c_Ask": str(c.ask),
                "p_Bid": str(p.bid),
                "p_Ask": str(p.ask),
                "c_Openinterest": "1,234",
                "drillDownURL": f"/etf/iwm/call-put-options/{occ(c, 'iwm---').lower()}",
            }
            for c, p in pairs(expiry)
        ]
    return json.dumps(
        {"data": {"lastTrade": f"LAST TRADE: ${SPOT} (AS OF JUL 20, 2026)", "table": {"rows": result}}}
    )


def etrade():
    def option(q):
        return {
            "optionCategory": "STANDARD",
            "adjustedFlag": False,
            "timeStamp": CLOSE,
            "symbol": "IWM",
            "bid": q.bid,
            "ask": q.ask,
            "strikePrice": q.strike,
            "optionType": q.option_type.upper(),
            "osiKey": occ(q, "IWM---"),
            "OptionGreeks": {"delta": 0.5, "iv": 0.2},
        }

    result = [{"Call": option(c), "Put": option(p)} for c, p in pairs()]
    return json.dumps({"OptionChainResponse": {"OptionPair": result, "timeStamp": CLOSE, "nearPrice": 295.0}})


def finnhub():
    def option(q):
        return {
            "contractName": occ(q),
            "contractSize": "REGULAR",
            "type": q.option_type.upper(),
            "bid": q.bid,
            "ask": q.ask,
            "strike": q.strike,
            "expirationDate": q.expiry,
            "impliedVolatility": 20.1,
            "updatedAt": "2026-07-21 03:10:00",
        }

    data = [
        {
            "expirationDate": expiry,
            "impliedVolatility": 20.0,
            "options": {
                "CALL": [option(c) for c, _ in pairs(expiry)],
                "PUT": [option(p) for _, p in pairs(expiry)],
            },
        }
        for expiry in EXPIRIES
    ]
    return json.dumps({"code": "IWM", "lastTradeDate": "2026-07-20", "lastTradePrice": SPOT, "data": data})


def dxfeed():
    def quote(symbol, bid, ask):
        return {
            "eventSymbol": symbol,
            "bidTime": 1000 * CLOSE,
            "bidPrice": bid,
            "askTime": 1000 * CLOSE,
            "askPrice": ask,
        }

    symbols = [f".{occ(q)[:-8]}{q.strike:g}" for q in QUOTES]
    options = {name: quote(name, q.bid, q.ask) for name, q in zip(symbols, QUOTES, strict=True)}
    return json.dumps({"status": "OK", "Quote": {"IWM": quote("IWM", 295.38, 295.40), **options}})


def databento():
    return rows(
        "ts_recv,ts_event,rtype,side,price,flags,bid_px_00,ask_px_00,bid_sz_00,symbol",
        lambda q: (
            f"{CLOSE}000000000,{CLOSE - 1}000000000,194,N,9223372036854775807,0,{round(1e9 * q.bid)},"
            f"{round(1e9 * q.ask)},1,{occ(q, 'IWM   ')}"
        ),
    )


def databento_lines():
    def record(q):
        level = {"bid_px": str(round(1e9 * q.bid)), "ask_px": str(round(1e9 * q.ask)), "bid_sz": 1}
        stamps = {"ts_recv": f"{CLOSE}000000000", "hd": {"ts_event": f"{CLOSE - 1}000000000"}}
        return stamps | {"side": "N", "levels": [level], "symbol": occ(q, "IWM   ")}

    return "\n".join(json.dumps(record(q)) for q in QUOTES) + "\n"


def optionmetrics():
    return rows(
        "secid,date,symbol,exdate,last_date,cp_flag,strike_price,best_bid,best_offer,impl_volatility,theta,"
        "contract_size,ss_flag,root",
        lambda q: (
            f"1,2026-07-20,{occ(q, 'IWM ')[:-8]}{round(1000 * q.strike)},{q.expiry},2026-07-17,"
            f"{q.option_type[0].upper()},{round(1000 * q.strike)},{q.bid},{q.ask},0.2,-36.5,100,0,"
        ),
    )


def ib_insync():
    def line(q):
        contract = (
            f"Option(conId=1, symbol='IWM', lastTradeDateOrContractMonth='{q.expiry.replace('-', '')}', "
            f"strike={q.strike}, right='{q.option_type[0].upper()}', multiplier='100', "
            f"localSymbol='{occ(q, 'IWM   ')}', tradingClass='IWM')"
        )
        greeks = f"OptionComputation(tickAttrib=0, impliedVol=0.2, delta=0.5, undPrice={SPOT})"
        return f'"{contract}",2026-07-20 20:00:00+00:00,{q.bid},1,{q.ask},nan,"{greeks}","{greeks}"'

    return rows("contract,time,bid,bidSize,ask,last,bidGreeks,modelGreeks", line)


def yahoo_option(q):
    return {
        "contractSymbol": occ(q),
        "strike": q.strike,
        "bid": q.bid,
        "ask": q.ask,
        "contractSize": "REGULAR",
        "expiration": epoch(q.expiry),
        "lastTradeDate": CLOSE - 60,
        "impliedVolatility": 0.2,
    }


def yahoo():
    options = [
        {
            "expirationDate": epoch(expiry),
            "calls": [yahoo_option(c) for c, _ in pairs(expiry)],
            "puts": [yahoo_option(p) for _, p in pairs(expiry)],
        }
        for expiry in EXPIRIES
    ]
    quote = {
        "regularMarketPrice": SPOT,
        "regularMarketTime": CLOSE,
        "bid": 295.2,
        "ask": 295.6,
        "symbol": "IWM",
    }
    result = {"underlyingSymbol": "IWM", "strikes": [270.0, 271.0], "quote": quote, "options": options}
    return json.dumps({"optionChain": {"result": [result], "error": None}})


def yfinance_sides():
    table = pd.DataFrame([yahoo_option(q) | {"kind": q.option_type, "day": q.expiry} for q in QUOTES])
    table["lastTradeDate"] = "2026-07-20 19:59:00+00:00"
    table = table.drop(columns="expiration")
    return [table[table["kind"] == kind].drop(columns="kind") for kind in ("call", "put")]


def yfinance_merged(**merge):
    calls, puts = yfinance_sides()
    return calls.merge(puts, on=["strike", "day"], **merge).drop(columns="day").to_csv()


def polygon():
    def record(q):
        details = {"contract_type": q.option_type, "expiration_date": q.expiry, "strike_price": q.strike}
        quote = {"ask": q.ask, "bid": q.bid, "last_updated": CLOSE * 10**9}
        return {
            "details": details | {"shares_per_contract": 100, "ticker": occ(q, mark="O:")},
            "day": {"close": 1.0, "volume": 2},
            "last_quote": quote,
            "greeks": {"delta": 0.5},
            "underlying_asset": {"price": SPOT, "ticker": "IWM", "last_updated": CLOSE * 10**9},
        }

    return json.dumps({"results": [record(q) for q in QUOTES], "status": "OK"})


def flat_frame(**columns):
    return FRAME.assign(symbol="IWM", spot=SPOT, quote_time="2026-07-20 16:00:00", **columns)


def of_days(write_day, write_time):
    """A plain table with days and times written in some way."""
    expiry = FRAME["expiry"].map(write_day)
    return FRAME.assign(symbol="IWM", spot=SPOT, quote_time=write_time, expiry=expiry).to_csv(index=False)


def nested():
    chains = {
        expiry: {
            "calls": [{"strike": c.strike, "bid": c.bid, "ask": c.ask} for c, _ in pairs(expiry)],
            "puts": {str(p.strike): {"bid": p.bid, "ask": p.ask} for _, p in pairs(expiry)},
        }
        for expiry in EXPIRIES
    }
    return json.dumps({"symbol": "IWM", "spot": SPOT, "date": "2026-07-20", "chains": chains})


@dataclass(frozen=True)
class Layout:
    """One way to write the chain, and what its files do not say."""

    write: Callable[[], str]
    lacks: str = ""

    @property
    def given(self):
        return {name: GIVEN[name] for name in self.lacks.split()}


LAYOUTS = {
    "optionsdx": Layout(optionsdx, "symbol"),
    "datashop": Layout(datashop),
    "historicaloptiondata": Layout(historical),
    "barchart": Layout(barchart),
    "thinkorswim": Layout(thinkorswim),
    "theta": Layout(theta, "spot"),
    "spreadsheet": Layout(spreadsheet),
    "orats": Layout(orats),
    "orats csv": Layout(orats_csv),
    "marketdata": Layout(marketdata),
    "alpaca": Layout(alpaca, "spot"),
    "unusual whales": Layout(unusual_whales, "spot date"),
    "nasdaq": Layout(nasdaq),
    "etrade": Layout(etrade, "spot"),
    "finnhub": Layout(finnhub),
    "dxfeed": Layout(dxfeed),
    "databento": Layout(databento, "spot"),
    "databento lines": Layout(databento_lines, "spot"),
    "optionmetrics": Layout(optionmetrics, "spot"),
    "ib_insync": Layout(ib_insync),
    "yahoo": Layout(yahoo),
    "yfinance merged": Layout(yfinance_merged, "spot"),
    "yfinance merged, one side marked": Layout(lambda: yfinance_merged(suffixes=("", "_put")), "spot"),
    "yfinance merged by words": Layout(lambda: yfinance_merged(suffixes=("_call", "_put")), "spot"),
    "polygon": Layout(polygon),
    "nested": Layout(nested),
    "epochs, seconds as floats": Layout(lambda: of_days(lambda day: f"{epoch(day)}.0", f"{CLOSE}.0")),
    "epochs, milliseconds": Layout(lambda: of_days(lambda day: 1000 * epoch(day, 20), 1000 * CLOSE)),
    "epochs, microseconds": Layout(lambda: of_days(lambda day: 10**6 * epoch(day), 10**6 * CLOSE)),
    "epochs, nanoseconds": Layout(lambda: of_days(lambda day: 10**9 * epoch(day), 10**9 * CLOSE)),
    "american dates": Layout(lambda: of_days(american, "07/20/2026 16:00")),
    "month names": Layout(
        lambda: of_days(lambda day: f"{dt.date.fromisoformat(day):%d%b%Y}", "Jul 20, 2026")
    ),
    "arrays": Layout(lambda: json.dumps(flat_frame().to_dict("list"))),
    "lines": Layout(lambda: flat_frame().to_json(orient="records", lines=True)),
    **{
        f"pandas {form}": Layout(lambda form=form: flat_frame().to_json(orient=form))
        for form in ("records", "columns", "index", "split", "table")
    },
}


def assert_base(chain):
    """The chain is the one that all layouts were written from."""
    assert (chain.symbol, chain.date, chain.spot, len(chain)) == ("IWM", DAY, SPOT, len(QUOTES))
    assert chain.dropped == {}
    assert chain.warnings == ()
    for name in ("strike", "bid", "ask"):
        np.testing.assert_allclose(getattr(chain, name), FRAME[name], rtol=0, atol=1e-9)
    assert chain.option_type.tolist() == [1 if q.option_type == "call" else -1 for q in QUOTES]
    assert chain.expiry.astype(str).tolist() == FRAME["expiry"].tolist()
