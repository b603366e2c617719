"""Risk and limits as people write them: per cent of equity or dollars, never what could be read two ways.

A bare 0.5 could be half a per cent or half of the account, a bare 100 all of it or a hundred dollars.
"""

from __future__ import annotations

from typing import NamedTuple

from riskcalc.errors import InvalidInputError
from riskcalc.presets.money import parse_money
from riskcalc.presets.units_parsing import Number, Written, read_number, refused

LARGEST_BARE_RISK = 10
"""Per cent; a larger bare number may be dollars."""


class Risk(NamedTuple):
    """What a trade may lose: one of the two is set."""

    fraction: float | None = None
    """Share of equity, in (0, 1]."""
    dollars: float | None = None
    """[dollars], > 0"""


def parse_risk(value: Written, *, field: str = "risk") -> Risk:
    """Read what a trade may lose, as a share of equity or in dollars.

    Parameters
    ----------
    value : str or float
        With a per cent sign: per cent, its sign dropped. With a dollar sign: dollars. A bare number from 1 to
        10 is per cent.
    field : str
        Name used in the error.

    Raises
    ------
    InvalidInputError
        It could be read two ways, is no number, or not above 0 and at most 100 %.

    Examples
    --------
    >>> parse_risk("1%"), parse_risk(2), parse_risk("$500")
    (Risk(fraction=0.01, dollars=None), Risk(fraction=0.02, dollars=None), Risk(fraction=None, dollars=500.0))
    >>> parse_risk(0.5)
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: risk 0.5 could mean 0.5 % or 50 %: write 0.5% or 50%
    """
    form = "like 1%, 2 or $500, above 0 and at most 100 %"
    if isinstance(value, str) and "$" in value:
        dollars = parse_money(value, field=field)
        if not dollars > 0:
            raise refused(field, form, value)
        return Risk(dollars=dollars)
    number = read_number(value, field, form)
    if not number.percent and abs(number.amount) > LARGEST_BARE_RISK:
        amount = _plain(number)
        raise InvalidInputError(
            f"{field} {amount} could mean {amount} % of equity or ${amount}: write {amount}% or ${amount}"
        )
    return Risk(fraction=_share(number, value, field, form))


def require_within(equity: float, risk: Risk, *, field: str) -> None:
    """Refuse to risk more dollars than there are."""
    if risk.dollars is not None and risk.dollars > equity:
        most = f"at most the equity of ${equity:,.2f}"
        raise InvalidInputError(f"{field} must be {most}, got ${risk.dollars:,.2f}")


def parse_limit(value: Written, *, field: str = "limit") -> float:
    """Read a limit as a share of equity: per cent, or a bare number from 1 to 100.

    Examples
    --------
    >>> parse_limit("6%"), parse_limit(25)
    (0.06, 0.25)
    """
    form = "like 6% or 6, above 0 and at most 100 %"
    return _share(read_number(value, field, form), value, field, form)


def parse_position_limit(value: Written, *, field: str = "max_position") -> float:
    """Read the largest position as `parse_limit` does; a bare 1 could be all of the account, and is refused.

    Examples
    --------
    >>> parse_position_limit("100%"), parse_position_limit(50)
    (1.0, 0.5)
    """
    form = "like 50% or 50, above 0 and at most 100 %"
    number = read_number(value, field, form)
    if not number.percent and abs(number.amount) == 1:
        raise _ambiguous(number, field)
    return _share(number, value, field, form)


def _share(number: Number, value: Written, field: str, form: str) -> float:
    if not number.percent and 0 < abs(number.amount) < 1:
        raise _ambiguous(number, field)
    found = float(abs(number.amount) / 100)
    if not 0 < found <= 1:
        raise refused(field, form, value)
    return found


def _ambiguous(number: Number, field: str) -> InvalidInputError:
    low, high = _plain(number), _plain(number._replace(amount=100 * number.amount))
    return InvalidInputError(f"{field} {low} could mean {low} % or {high} %: write {low}% or {high}%")


def _plain(number: Number) -> str:
    return f"{float(abs(number.amount)):g}"
