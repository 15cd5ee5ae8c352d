"""What several forgers use: exchanged files, another name in a zone, certificates of their own."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from egate_sim.passport import lds
from egate_sim.passport.cms import Signer
from egate_sim.passport.contents import Passport
from egate_sim.passport.forgeries.case import Workshop
from egate_sim.passport.issue import sign_files
from egate_sim.passport.keys import derive_secret
from egate_sim.passport.lds import File, SodForm
from egate_sim.passport.mrz import check_digit
from egate_sim.passport.registry import ANTARCTICA, UTOPIA, Country, midnight
from egate_sim.passport.state import State, found_state
from egate_sim.passport.tlv import data_objects

_USUAL = SodForm()


def with_file(passport: Passport, file: File, content: bytes) -> Passport:
    """One file exchanged; EF.SOD and EF.COM are as they were."""
    return replace(passport, files={**passport.files, file: content})


def without_files(passport: Passport, *files: File) -> Passport:
    """Files missing; EF.SOD and EF.COM are as they were."""
    return replace(passport, files={file: data for file, data in passport.files.items() if file not in files})


def resigned(passport: Passport, signer: Signer, workshop: Workshop, form: SodForm = _USUAL) -> Passport:
    """EF.SOD anew over the data groups as they are."""
    return replace(passport, files=sign_files(passport.data_groups, signer, workshop.state, form))


def reissued(passport: Passport, changed: Mapping[File, bytes], workshop: Workshop, form: SodForm = _USUAL) -> Passport:
    """As the issuer itself would sign other data groups."""
    groups = {**passport.data_groups, **changed}
    return replace(passport, files=sign_files(groups, workshop.state.signer, workshop.state, form))


def with_sod_content(passport: Passport, content: bytes, workshop: Workshop, form: SodForm = _USUAL) -> Passport:
    """An EF.SOD that the issuer signed around another content."""
    state = workshop.state
    return with_file(passport, File.SOD, lds.ef_sod_of(content, state.signer, midnight(state.founded), form))


def with_print(passport: Passport, upper: str, lower: str) -> Passport:
    """Another zone on the data page; the chip is as it was."""
    return replace(passport, mrz=(upper, lower))


def with_other_name(lines: tuple[str, ...]) -> tuple[str, str]:
    """The surname's first letter changed; no check digit covers names."""
    upper, lower = lines
    return upper[:5] + ("B" if upper[5] == "A" else "A") + upper[6:], lower


def rewritten(lower: str, start: int, field: str) -> str:
    """The second line of a TD3 with a field exchanged, its check digit and the composite one recomputed."""
    line = lower[:start] + field + check_digit(field) + lower[start + len(field) + 1 :]
    return line[:43] + check_digit(line[0:10] + line[13:20] + line[21:43])


def content_of(file: bytes) -> bytes:
    """What stands in a file's outer data object."""
    ((_, content),) = data_objects(file)
    return content


def forger_of(state: State) -> State:
    """The same names, other keys."""
    return _found(state.country, derive_secret(state.secret, "forger"), state)


def neighbour_of(state: State) -> State:
    """Another state, with a secret of its own."""
    country = UTOPIA if state.code != UTOPIA.code else ANTARCTICA
    return _found(country, derive_secret(state.secret, "neighbour"), state)


@lru_cache
def _found(country: Country, secret: bytes, like: State) -> State:
    return found_state(country, secret, like.founded)
