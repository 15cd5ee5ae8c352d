"""Any bytes and any table as a gate file: a clear error or a configuration, nothing else."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from egate.config import Config, read_config
from egate_hal.errors import HalError

KEYS = ["id", "driver", "mrz_ms", "zzz"]
NAMES = ["lane", "trust", "border", "face", "telemetry", "devices", "timeouts", "policy", "document", "screen"]


def read(content: bytes) -> Config | None:
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(content)
        file.flush()
        try:
            return read_config(Path(file.name))
        except HalError:
            return None


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    assert read(content) is None, "no arbitrary bytes make a whole lane"


@given(
    st.sampled_from(NAMES),
    st.sampled_from(["id", "driver", "mrz_ms", "zzz"]),
    st.integers() | st.text("ab", max_size=3),
)
def test_any_single_setting(table: str, key: str, value: object) -> None:
    text = f"[{table}]\n{key} = {value if isinstance(value, int) else repr(value)}\n"
    assert read(text.encode()) is None
