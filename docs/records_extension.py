"""Tell the API reference that a record is a data class: its constructor is listed with its fields."""

from griffe import Alias, Extension, Module

RECORD, DATACLASS = "riskcalc.records.dataclass", "dataclasses.dataclass"


class RecordsExtension(Extension):
    """Resolves the decorator of records to that of the standard library, whose look it has."""

    def on_module_members(self, *, mod: Module, **_: object) -> None:
        """Take what a module imports as `dataclass` for the standard library's."""
        imported = mod.members.get("dataclass")
        if isinstance(imported, Alias) and imported.target_path == RECORD:
            imported.target_path = DATACLASS
