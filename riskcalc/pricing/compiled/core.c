/* The compiled core of riskcalc's pricing: the same functions as the modules of riskcalc/pricing, which remain
 * the definition. Plain C99; loaded by riskcalc/pricing/compiled/loader.py through ctypes.
 *
 * Built without -ffast-math: it would reorder sums on which the prices depend, and drop nan.
 */
#include "american_options.h"
#include "american_put.h"
#include "call_expectation.h"
#include "cash_dividend_calls.h"
#include "columns.h"
#include "elementary.h"
#include "european.h"
#include "exit_chances.h"
#include "implied_vol.h"
#include "put_boundary.h"

/* Changes with every signature; the loader asks for its own number. */
EXPORT int64_t abi_version(void) { return 8; }
