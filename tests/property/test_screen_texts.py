"""The screen's language files under arbitrary content: texts or a typed error, nothing else."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from egate.runtime.screen.texts import TextsError, gaps, read

values = st.one_of(st.text(alphabet='ab"\n.=[]', max_size=40), st.sampled_from(["1", "[]", "{}", '"x"', '"ltr"']))
nearly = st.lists(
    st.tuples(
        st.sampled_from(["name", "direction", "screens", "screens.welcome", "screens.welcome.title", "guidance"]),
        values,
    ),
    max_size=8,
).map(lambda pairs: "\n".join(f"{key} = {value}" for key, value in pairs).encode())


@given(st.one_of(st.binary(max_size=300), nearly))
def test_any_content_is_read_or_refused_with_the_files_name(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "xx.toml"
        path.write_bytes(content)
        try:
            assert gaps(read(path))
        except TextsError as error:
            assert str(path) in str(error)  # noqa: PT017 - either end is fine, and each has its own promise
