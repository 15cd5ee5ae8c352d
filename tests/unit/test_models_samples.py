"""Anybody's collection: tables as spreadsheets write them, folders, and what to do where something is wrong."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from egate_models.samples.errors import SampleError
from egate_models.samples.frames import Sampling, chosen, frame_times, read_frames
from egate_models.samples.presentations import (
    Frame,
    Label,
    Presentation,
    one_word_is_bona_fide,
    read_presentations,
)


def picture(path: Path, shade: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 24), (shade, 0, 0)).save(path)
    return path


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png", "c.png"):
        picture(tmp_path / name)
    return tmp_path


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "set.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_plain_table(collection: Path) -> None:
    path = table(collection, "path,label,attack_type,subject,sex\na.png,live,,ann,f\nb.png,attack,print,bob,m\n")
    live, attack = read_presentations(path)
    assert (live.label, live.species, live.subject, live.groups) == (Label.BONA_FIDE, "", "ann", {"sex": "f"})
    assert (attack.label, attack.species, attack.frames) == (
        Label.ATTACK, "print", (Frame(collection / "b.png"),),
    )  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_tables_as_spreadsheets_write_them(collection: Path, separator: str, encoding: str, newline: str) -> None:
    lines = ("Path,Label,Subject", " a.png , Live ,Zoë", '"b.png",SPOOF,x', ",,")
    path = table(collection, newline.join(lines).replace(",", separator) + newline, encoding)
    live, attack = read_presentations(path)
    assert live.subject == "Zoë"
    assert (attack.label, attack.species) == (Label.ATTACK, "attack")


@pytest.mark.parametrize("word", ["live", "REAL", "bona_fide", "BonaFide", "genuine", "0"])
def test_words_for_bona_fide(collection: Path, word: str) -> None:
    assert read_presentations(table(collection, f"path,label\na.png,{word}\n"))[0].label is Label.BONA_FIDE


def test_rows_of_one_video_are_frames_of_one_presentation(collection: Path) -> None:
    path = table(collection, "path,label,video,frame\na.png,live,v,20\nb.png,live,v,0\nc.png,attack,w,0\n")
    first, second = read_presentations(path)
    assert [frame.path.name for frame in first.frames] == ["b.png", "a.png"]
    assert (first.name, second.name) == ("v", "w")


def test_a_word_of_ones_own(collection: Path) -> None:
    path = table(collection, "path,label\na.png,echt\nb.png,falsch\n")
    labels = [each.label for each in read_presentations(path, one_word_is_bona_fide("Echt", path))]
    assert labels == [Label.BONA_FIDE, Label.ATTACK]
    with pytest.raises(SampleError, match="no row has the label 'wahr'; it has echt, falsch"):
        one_word_is_bona_fide("wahr", path)


def test_a_folder(tmp_path: Path) -> None:
    for name in ("live/1.png", "live/2.png", "attack/print/1.png", "attack/screen/v/0.png", "attack/screen/v/1.png"):
        picture(tmp_path / name)
    found = {each.name: each for each in read_presentations(tmp_path)}
    assert set(found) == {"live/1.png", "live/2.png", "attack/print/1.png", "attack/screen/v"}
    assert found["attack/screen/v"].species == "screen"
    assert len(found["attack/screen/v"].frames) == 2


HOSTILE = {
    "": "line 1: the header lacks path, label; it has nothing",
    "path,label\n": "has no rows",
    "file,label\na.png,live\n": "line 1: the header lacks path; it has file, label",
    "path,label,label\na.png,live,live\n": "line 1: the header names label twice",
    "path,label\na.png,live\nz.png,live\n": "line 3: there is no file .*z.png; paths are absolute or relative",
    "path,label\na.png,maybe\n": "line 2: the label 'maybe' is none of .*attack.*live.*--positive",
    "path,label\n,live\n": "line 2: the path is empty",
    "path,label\nset.csv,live\n": "line 2: set.csv is no picture or video",
    "path,label\na.png,live,what\n": "line 2: has 3 cells where the header has 2",
    'path,label\n"a.png,live\n': "line 2: is not CSV",
    "path,label,video\na.png,live,v\nb.png,attack,v\n": "line 3: other frames of 'v' have another label",
    "path,label,frame\na.png,live,first\n": "line 2: frame 'first' is no number",
    "path,label,time_ms\na.png,live,-5\n": "line 2: time_ms '-5' is no number",
    "path,label,time_ms\na.png,live,inf\n": "line 2: time_ms 'inf' is no number",
}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_table_with_a_fault_says_which_row_and_what_to_do(collection: Path, text: str) -> None:
    with pytest.raises(SampleError, match=HOSTILE[text]):
        read_presentations(table(collection, text))


def test_a_table_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="cannot be read"):
        read_presentations(tmp_path / "no.csv")
    with pytest.raises(SampleError, match="UTF-8"):
        read_presentations(table(tmp_path, "path,label\nä,live\n", "latin-1"))
    with pytest.raises(SampleError, match="make these folders"):
        read_presentations(tmp_path)


def frames(*names: str) -> tuple[Frame, ...]:
    return tuple(Frame(Path(name)) for name in names)


def test_times_come_from_the_numbers_of_frames_where_they_count_in_steps() -> None:
    assert frame_times(frames("f_000.jpg", "f_013.jpg", "f_025.jpg"), Sampling(fps=25)) == [0, 520, 1000]
    assert frame_times(frames("f_1.jpg", "f_2.jpg"), Sampling(interval_ms=200)) == [0, 200]
    assert frame_times(frames("x.jpg", "y.jpg"), Sampling(interval_ms=200)) == [0, 200]
    told = (Frame(Path("a"), time_ms=50.0), Frame(Path("b"), time_ms=90.0))
    assert frame_times(told, Sampling()) == [0, 40]


def test_frames_are_not_taken_too_often_and_not_too_many() -> None:
    assert chosen([0, 40, 80, 120, 160, 200, 240], Sampling(least_ms=95, most=40)) == [0, 3, 6]
    assert chosen([0, 100, 200, 300], Sampling(least_ms=95, most=2)) == [0, 1]
    assert chosen([0, 100, 200, 300], Sampling(least_ms=95, longest_ms=250)) == [0, 1, 2]


def test_a_picture_that_cannot_be_decoded_is_told_apart_from_one_without_a_face(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut short")
    picture(tmp_path / "grey.png")
    Image.new("I;16", (32, 24)).save(tmp_path / "deep.png")
    shown = Presentation("p", Label.ATTACK, "x", "s", {}, tuple(
        Frame(tmp_path / name) for name in ("broken.jpg", "grey.png", "deep.png")
    ))  # fmt: skip
    (_, broken), (_, grey), (time_ms, deep) = read_frames(shown, Sampling(interval_ms=100))
    assert broken is None
    assert grey is not None
    assert grey.shape == (24, 32, 3)
    assert deep is not None
    assert time_ms == 200


def test_a_video_is_sampled_in_time(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 48))
    for shade in range(50):
        writer.write(np.full((48, 64, 3), (0, 0, 5 * shade), np.uint8))
    writer.release()
    shown = Presentation("v", Label.BONA_FIDE, "", "s", {}, (Frame(path),))
    found = list(read_frames(shown, Sampling(most=10)))
    assert [time_ms for time_ms, _ in found] == [0, 120, 240, 360, 480, 600, 720, 840, 960, 1080]
    last = found[-1][1]
    assert last is not None
    assert abs(float(last[..., 0].mean()) - 135) < 6  # red first: OpenCV's own order is turned round


def test_a_broken_video_is_one_frame_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42 and no more")
    shown = Presentation("v", Label.ATTACK, "", "s", {}, (Frame(path),))
    assert [pixels for _, pixels in read_frames(shown, Sampling())] == [None]
