from .draft import Draft as Draft
from .draft import open_draft as open_draft
from .editing.field import Field as Field
from .fields import fields as fields
from .state import Badge as Badge
from .state import BadgeKind as BadgeKind
from .state import State as State
from .trade_editor import TradeEditor as TradeEditor
