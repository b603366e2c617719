from .amounts import Risk as Risk
from .amounts import parse_money as parse_money
from .amounts import parse_risk as parse_risk
from .amounts import parse_stop_price as parse_stop_price
from .calibration import read_calibration as read_calibration
from .calibration import write_calibration as write_calibration
from .instruments import load_instruments as load_instruments
from .instruments import user_instruments as user_instruments
from .overrides import parse_assignments as parse_assignments
from .planned import compare_presets as compare_presets
from .planned import plan_preset as plan_preset
from .scenarios import load_scenarios as load_scenarios
from .scenarios import shipped_scenarios as shipped_scenarios
from .scenarios import user_scenarios as user_scenarios
from .schema import json_schema as json_schema
from .store import ListedPreset as ListedPreset
from .store import check_preset as check_preset
from .store import find_preset as find_preset
from .store import load_preset as load_preset
from .store import preset_names as preset_names
from .store import preset_text as preset_text
from .store import save_preset as save_preset
from .store import self_contained as self_contained
from .store import shipped_folder as shipped_folder
from .store import user_folder as user_folder
from .template import OptionTemplate as OptionTemplate
from .template import Preset as Preset
from .template import TradeTemplate as TradeTemplate
from .units_parsing import parse_fraction as parse_fraction

DEFAULT_PRESET: str
VEHICLES: tuple[str, ...]
