"""The published rows as arguments of `american`."""


def contract(row):
    schedule = [pair.split(":") for pair in row.get("dividends", "").split(";") if pair]
    return {
        "sign": 1 if row["flag"] == "c" else -1,
        "spot": row["spot"],
        "strike": row["strike"],
        "time_to_expiry": row["t"],
        "rate": row["r"],
        "dividend_yield": row.get("q", 0.0),
        "vol": row["vol"],
        "dividend_times": [float(time) for time, _ in schedule],
        "dividend_amounts": [float(amount) for _, amount in schedule],
    }


def label(row):
    return f"{row['contract']} {row['flag']} {row['spot']}/{row['strike']} T={row['t']}"
