"""Names: transliteration to the letters of a zone, and whether a short name is that of a full one."""

import pytest

from egate.document.mrz.names import Name, names_agree
from egate.document.mrz.transliteration import Untransliterable, transliterate
from egate.document.mrz.transliteration_tables import SPELLINGS
from egate_sim.passport.mrz_names import TRANSLITERATION


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Térèsa Cañon", "TERESA<CANON"),
        ("Ørsted-Ångström", "OERSTED<AANGSTROEM"),
        ("D’Artagnan", "DARTAGNAN"),
        ("Anna, Maria", "ANNA<MARIA"),
        ("Strauß Jr.", "STRAUSS<JR"),
        ("Nguyễn", "NGUYEN"),  # in no table; what is left without its marks
        ("Щербаков Юрий", "SHCHERBAKOV<IURII"),
        ("Соловьёв", "SOLOVEV"),
        ("فاطمة", "FAXTTMXAH"),
        ("عبّاس", "EBBAS"),
        ("", ""),
    ],
)
def test_the_recommended_form_of_a_name(written: str, zone: str) -> None:
    assert transliterate(written) == zone


@pytest.mark.parametrize("written", ["Ελλη", "山田", "R2D2"])
def test_what_the_standard_does_not_transliterate(written: str) -> None:
    with pytest.raises(Untransliterable) as error:
        transliterate(written)
    assert not set(written.upper()) & set(str(error.value).replace("Doc 9303-3", "")) - set("RD")
    assert names_agree(Name(("X",), (), False), written) is None


def test_two_tables_written_apart_agree() -> None:
    """The simulator's own, which goes by the names of the characters, and the reader's."""
    assert {letter: spelling for letter, spelling in TRANSLITERATION.items() if SPELLINGS[letter][0] != spelling} == {}


@pytest.mark.parametrize(
    ("field", "full", "agree"),
    [
        ("ERIKSSON<<ANNA<MARIA<<<", "Eriksson<<Anna<Maria", True),
        ("ERIKSSON<<ANNA<MARIA<<<", "ERIKSSON, ANNA-MARIA", True),
        ("ERIKSSON<<ANNA<MARIA<<<", "ERIKSSON<<ANNA", False),
        ("ERIKSSON<<ANNA<<<", "ERIKSSON<<ANNA<MARIA", False),  # not full, so not cut
        ("ERIKSSON<<ANNA", "ERIKSSON<<ANNA<MARIA", True),
        ("ERIKSSON<<ANNA<M", "ERIKSSON<<ANNA<MARIA", True),
        ("ERIKSSON<<ANNA<MARIA", "ERIKSSON<<ANNA", False),  # longer than the full name
        ("ERIKSSON<<M", "ERIKSSON<<ANNA<MARIA", False),  # only the last may be left out
        ("ERIKSSON", "ERIKSSON<<ANNA", False),  # one letter of the secondary identifier is always there
        ("ERIKSSON<<ANNA", "ERIKSSON", False),
        ("MULLER<<<", "Müller", True),
        ("MUELLER<<<", "Müller", True),
        ("MUXXLLER<<<", "Müller", True),
        ("MELLER<<<", "Müller", False),
        ("MU", "Müller", True),  # cut inside of UE
        ("MUX", "Müller", True),
        ("MUA", "Müller", False),
        ("HEORHII<<<", "Георгій", True),  # the Ukrainian reading of Г
        ("GEORGII<<<", "Георгій", True),
        ("EBAS<<<", "عبّاس", True),  # shadda is seldom written
    ],
)
def test_a_short_name_and_a_full_one(field: str, full: str, agree: bool) -> None:
    assert names_agree(Name.read(field), full) is agree


def test_a_repr_shows_no_name() -> None:
    assert repr(Name.read("ERIKSSON<<ANNA<MARIA<<<")) == "Name(1 + 2 components)"
