"""Build hook of the gate's wheel: puts the face models, their card and their licences inside the package egate.face."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TARGET = "egate/face/models"


class ModelsHook(BuildHookInterface[Any]):
    """Found by hatchling as the one hook in this file."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """``version`` is "editable" for a checkout, which needs no copies: it reads its own folder ``models``."""
        if version == "editable":
            return
        models = Path(self.root) / "models"
        files = [
            *sorted(models.glob("*.tflite")),
            models / "model.toml",
            models / "pad.toml",
            models / "README.md",
            models / "LICENSES",
            models / "cards",
        ]
        for path in files:
            build_data["force_include"][str(path)] = f"{TARGET}/{path.name}"
