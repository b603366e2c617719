"""Events of brokers' files beside trades: ends of options, splits, dividends; and what is left out."""

from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.book.importers import read_broker_file

TODAY = dt.date(2026, 12, 1)

THINKORSWIM = """Account Statement for 1D (ira) since 7/1/26 through 12/1/26

Cash Balance
DATE,TIME,TYPE,REF #,DESCRIPTION,Misc Fees,Commissions & Fees,AMOUNT,BALANCE
8/14/26,10:02:11,TRD,="1",BOT +1 IWM 100 18 SEP 26 295 CALL @10.60,-0.02,-0.65,"-1,060.00",1.0
9/18/26,17:00:00,RAD,="2",REMOVAL OF OPTION DUE TO EXPIRATION -1.0 IWM 100 18 SEP 26 325 CALL,,,0.00,1.0
9/18/26,17:00:00,RAD,="3",REMOVAL OF OPTION DUE TO ASSIGNMENT 1.0 IWM 100 18 SEP 26 290 PUT,,,0.00,1.0
9/18/26,17:00:00,RAD,="4",REMOVAL OF OPTION DUE TO EXERCISE -1.0 IWM 100 18 SEP 26 295 CALL,,,0.00,1.0
9/18/26,17:00:01,TRD,="5",anything that is a trade,,,1.00,1.0
9/18/26,17:00:00,RAD,="6",BOT +100 IWM UPON OPTION ASSIGNMENT @290.00,,,"-29,000.00",1.0
9/18/26,17:00:00,RAD,="7","BOT +1,000 IWM UPON EXERCISE",,,"-295,000.00",1.0
9/22/26,01:00:00,DOI,="8",ORDINARY DIVIDEND~IWM,,,85.50,1.0
9/30/26,01:00:00,EFN,="9",WIRE INCOMING,,,"5,000.00",1.0

Account Trade History
,Exec Time,Spread,Side,Qty,Pos Effect,Symbol,Exp,Strike,Type,Price,Net Price,Order Type
,8/14/26 10:02:11,SINGLE,BUY,+1,TO OPEN,IWM,18 SEP 26,295,CALL,10.60,10.60,LMT
"""

ACTIVITY = """Statement,Header,Field Name,Field Value
Trades,Header,DataDiscriminator,Asset Category,Symbol,Date/Time,Quantity,T. Price,Comm/Fee,Code
Trades,Data,Order,Equity and Index Options,IWM 18SEP26 295 C,"2026-09-18, 16:20:00",1,0,0,C;Ep
Trades,Data,Order,Equity and Index Options,IWM 18SEP26 290 P,"2026-09-18, 16:20:00",1,0,0,A;C
Trades,Data,Order,Stocks,IWM,"2026-09-18, 16:20:00",100,290,-1.00,A;O
Trades,Data,Order,Forex,EUR.USD,"2026-09-18, 10:00:00",1000,1.1,0,
Trades,Data,SubTotal,Stocks,IWM,,100,,,
Corporate Actions,Header,Asset Category,Report Date,Date/Time,Description,Quantity
Corporate Actions,Data,Stocks,2026-10-01,"2026-09-30, 20:25:00","TZA(US2546) Split 1 for 10 (TZA, BEAR)",-90
Corporate Actions,Data,Stocks,2026-10-01,"2026-09-30, 20:25:00","IWM(US4642876555) Spinoff 1 for 5",20
Dividends,Header,Currency,Date,Description,Amount
Dividends,Data,USD,2026-09-22,IWM(US4642876555) Cash Dividend USD 0.855 per Share (Ordinary Dividend),85.50
Dividends,Data,USD,2026-09-22,something paid,1.00
Open Positions,Header,Symbol,Quantity
Open Positions,Data,IWM,100
"""

FLEX = """<FlexQueryResponse><FlexStatements><FlexStatement>
<Trades>
<Trade assetCategory="OPT" symbol="IWM   260918C00295000" underlyingSymbol="IWM" strike="295"
 expiry="20260918" putCall="C" dateTime="20260918;162000" quantity="1" tradePrice="0" buySell="BUY"
 openCloseIndicator="C" tradeID="1" notes="Ep" />
<Trade assetCategory="STK" symbol="IWM" tradeDate="20260918" quantity="100" tradePrice="290" buySell="BUY"
 openCloseIndicator="O" tradeID="2" notes="A" />
<Trade assetCategory="CASH" symbol="EUR.USD" dateTime="20260918;100000" quantity="1" tradePrice="1"
 tradeID="3" />
</Trades>
<OptionEAE symbol="IWM   260918P00290000" transactionType="Assignment" />
<CorporateAction symbol="TZA" reportDate="20261001" dateTime="2026-09-30;20:25:00"
 actionDescription="TZA(US25460E1826) Split 1 for 10 (TZA, DIREXION)" />
<CashTransaction type="Dividends" symbol="IWM" dateTime="20260922" amount="85.5" transactionID="4" />
<CashTransaction type="Dividends" dateTime="20260922" amount="1" transactionID="5" />
<CashTransaction type="Deposits/Withdrawals" dateTime="20260922" amount="5000" transactionID="6" />
</FlexStatement></FlexStatements></FlexQueryResponse>
"""

FILES = {
    "thinkorswim": (
        THINKORSWIM,
        {
            ("trade", "IWM 295 call 2026-09-18", 1, 10.60),
            ("expiration", "IWM 325 call 2026-09-18", 1, 0),
            ("assignment", "IWM 290 put 2026-09-18", 1, 0),
            ("exercise", "IWM 295 call 2026-09-18", -1, 0),
            ("assignment", "IWM", 100, 290),
            ("exercise", "IWM", 1000, 295),
            ("dividend", "IWM", 0, 85.5),
        },
        ["is counted with its trade", "is counted with its trade", "EFN is not a trade"],
    ),
    "ibkr activity": (
        ACTIVITY,
        {
            ("expiration", "IWM 295 call 2026-09-18", 1, 0),
            ("assignment", "IWM 290 put 2026-09-18", 1, 0),
            ("assignment", "IWM", 100, 290),
            ("split", "TZA", 0.1, 0),
            ("dividend", "IWM", 0, 85.5),
        },
        [
            "is a currency exchange",
            "is not a trade",
            "is a corporate action that is not read; record what it changed with `riskcalc book`",
            "is a dividend without a symbol",
            "IWM is held at the end of the statement; fills are read from Trades",
        ],
    ),
    "ibkr flex": (
        FLEX,
        {
            ("expiration", "IWM 295 call 2026-09-18", 1, 0),
            ("assignment", "IWM", 100, 290),
            ("split", "TZA", 0.1, 0),
            ("dividend", "IWM", 0, 85.5),
        },
        [
            "is a currency exchange",
            "is also among the trades",
            "is a dividend without a symbol",
            "Deposits/Withdrawals is not a trade",
        ],
    ),
}


@pytest.mark.parametrize(("text", "fills", "skipped"), FILES.values(), ids=FILES)
def test_every_event_is_read_or_left_out_with_a_reason(tmp_path, text, fills, skipped):
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    parsed = read_broker_file(path, today=TODAY)
    assert parsed.problems == []
    read = {(fill.kind.value, fill.contract.label, fill.quantity, fill.price) for fill in parsed.fills}
    assert read == fills
    assert len(parsed.fills) == len(fills)
    assert [row.reason for row in parsed.skipped] == skipped
    assert {fill.time.date() for fill in parsed.fills if fill.kind.value == "dividend"} == {
        dt.date(2026, 9, 22)
    }
    splits = {f"{fill.time:%Y-%m-%d %H:%M}" for fill in parsed.fills if fill.kind.value == "split"}
    assert splits <= {"2026-09-30 20:25"}
