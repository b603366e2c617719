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
early-exercise premium. `compiled_puts` and `compiled_calls` hand contracts to the compiled core where there
is one; it mirrors these modules. `quadrature`, `collocation` and `grid` are the numerics, `convergence` their
tests, and `batch` the inputs.

The public names are in the stub beside this file; each is imported when it is first used.
"""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
