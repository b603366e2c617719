from .badge import Badge as Badge
from .badge import BadgeKind as BadgeKind
from .draft import Draft as Draft
from .draft import open_draft as open_draft
from .editing.field import Field as Field
from .fields import fields as fields
from .state import State as State
from .trade_editor import TradeEditor as TradeEditor
