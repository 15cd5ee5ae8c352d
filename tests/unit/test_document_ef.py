"""Which files a chip has and how they are addressed (Doc 9303-10)."""

import pytest

from egate.document.lds.files import DATA_GROUPS, Directory, Ef


def test_no_two_files_of_one_directory_share_an_identifier() -> None:
    for directory in Directory:
        files = [ef.value for ef in Ef if ef.value.directory is directory]
        assert len({file.file_id for file in files}) == len({file.short_id for file in files}) == len(files)


def test_the_security_files_of_both_directories_share_theirs() -> None:
    sod, card_security = Ef.SOD.value, Ef.CARD_SECURITY.value
    assert (sod.file_id, sod.short_id) == (card_security.file_id, card_security.short_id) == (0x011D, 0x1D)
    assert (sod.directory, card_security.directory) == (Directory.LDS1, Directory.MASTER_FILE)


def test_the_data_groups_are_numbered_through() -> None:
    assert [ef.value.data_group for ef in DATA_GROUPS] == list(range(1, 17))
    assert all(ef.name == f"DG{number}" and Ef.of_group(number) is ef for number, ef in enumerate(DATA_GROUPS, 1))


@pytest.mark.parametrize("number", [-1, 0, 17])
def test_there_is_no_other_data_group(number: int) -> None:
    with pytest.raises(KeyError):
        Ef.of_group(number)


def test_a_short_identifier_fits_into_its_five_bits() -> None:
    assert all(0 < ef.value.short_id < 0x1F for ef in Ef)
