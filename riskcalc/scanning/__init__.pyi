from .row_to_trade import row_plan as row_plan
from .row_to_trade import row_trade as row_trade
from .rules import ScanRules as ScanRules
from .rules import SpreadKind as SpreadKind
from .rules import Valuation as Valuation
from .scan import scan as scan
