"""American options with cash dividends, a yield, or both.

`pricing` picks the method of each element:

- `deterministic`: no time, vol, spot or strike; exercise at the best time of the known path.
- `black_scholes`: options that are never exercised early.
- `continuous_exercise`: no cash dividends; boundary by collocation, then Kim's premium integral.
- `cash_dividend_calls`: calls exercised just before ex-dates only; one Gaussian integral per ex-date.
- `continuous_exercise_calls`: calls with a yield or a rate < 0; collocation in each dividend period.
- `cash_dividend_puts`: puts; collocation in each dividend period.
- `finite_difference`: all others, and every element on which a faster method did not converge.

`put_boundary`, `period_boundary` and `call_boundary` solve for exercise boundaries. `dividend_periods` values
puts between drops, `pre_dividend` calls and puts just before one; `put_premium` has the European put and the
early-exercise premium. `quadrature`, `collocation` and `grid` are the numerics, `convergence` their tests,
and `batch` the inputs.
"""

from riskcalc.pricing.american.early_exercise import EarlyExercise, early_exercise
from riskcalc.pricing.american.implied_vol import american_implied_vol
from riskcalc.pricing.american.pricing import american

__all__ = ["EarlyExercise", "american", "american_implied_vol", "early_exercise"]
