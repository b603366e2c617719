"""Build hook: compiles the core of the pricing where there is a C compiler, installs without it elsewhere."""

from __future__ import annotations

import platform
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledCoreHook(BuildHookInterface):
    """Adds the compiled core to a wheel; an editable installation gets it beside its sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the core; whatever goes wrong, the installation goes on without it."""
        try:
            sys.path.insert(0, self.root)
            from riskcalc.pricing.compiled import build, loader  # noqa: PLC0415 - only now can it be found

            if version == "editable":
                build.rebuild()
            else:
                self._folder = tempfile.TemporaryDirectory()
                library = build.build(Path(self._folder.name) / loader.LIBRARY)
                build_data["force_include"][str(library)] = f"riskcalc/pricing/compiled/{loader.LIBRARY}"
                build_data["pure_python"] = False
                build_data["tag"] = f"py3-none-{platform_tag()}"
        except Exception as error:  # noqa: BLE001 - no machine must fail to install for want of a compiler
            self.app.display_warning(f"riskcalc is installed without its compiled core: {error}")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - the hook's signature
        """Remove the library that the wheel now holds."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def platform_tag() -> str:
    """Return the tag of this platform; the compiler builds for one architecture, whatever Python runs on."""
    name = sysconfig.get_platform().replace("universal2", platform.machine())
    return name.replace("-", "_").replace(".", "_")
