"""SELECT and READ BINARY: the files of the master file and of the eMRTD application (Doc 9303-10, 3.6)."""

from enum import IntEnum

from egate_sim.passport.apdu import MAX_EXTENDED, ChipError, Command, Ins, Response, Status
from egate_sim.passport.chip.card import Access, Card
from egate_sim.passport.chip.quirks import LongRead
from egate_sim.passport.contents import Fault, MasterFile
from egate_sim.passport.cvc import Rights
from egate_sim.passport.lds import File
from egate_sim.passport.security_infos import ef_cvca
from egate_sim.passport.tlv import TlvError, data_object, data_objects

APPLICATION = bytes.fromhex("A0000002471001")
READS = (Ins.READ_BINARY, Ins.READ_BINARY_FAR)
_MASTER_FILE = bytes.fromhex("3F00")
_IDENTIFIER_BYTES = 2
_OFFSET_OBJECT, _DATA_OBJECT = 0x54, 0x53
_SHORT_IDENTIFIER = 0x80
_SENSITIVE: dict[File | MasterFile, Rights] = {File.DG3: Rights.DG3, File.DG4: Rights.DG4}


class _By(IntEnum):
    """P1 of SELECT."""

    IDENTIFIER = 0x00
    ELEMENTARY_FILE = 0x02
    NAME = 0x04


class Files:
    """Finds files and reads from them, for those who may."""

    def __init__(self, card: Card) -> None:
        self._card = card

    def select(self, command: Command) -> Response:
        """By name, by file identifier, and the master file; no file control information is given."""
        if command.p2 not in (0x00, 0x0C):
            raise ChipError(Status.WRONG_PARAMETERS)
        if command.expected is not None and self._card.quirks.refuses_expected_length:
            self._card.session.pace_is_spoilt = True
        match command.p1:
            case _By.NAME:
                return self._select_application(command.data)
            case _By.IDENTIFIER if command.data in (b"", _MASTER_FILE):
                return self._select_master_file()
            case _By.IDENTIFIER | _By.ELEMENTARY_FILE:
                return self._select_file(command.data)
        raise ChipError(Status.WRONG_PARAMETERS)

    def read_binary(self, command: Command) -> Response:
        """From the current file, or from the one whose short identifier stands in the offset's high byte."""
        if command.p1 & _SHORT_IDENTIFIER:
            self._take_by_short_identifier(command.p1 & 0x1F)
            offset = command.p2
        else:
            offset = command.p1 << 8 | command.p2
        content = self._content_from(offset)
        data = content[: self._permitted(command)]
        complete = len(data) == command.expected or command.asks_for_all
        return Response(data, Status.OK if complete else Status.END_OF_FILE)

    def read_binary_far(self, command: Command) -> Response:
        """READ BINARY with an odd instruction reaches beyond 32767 bytes: offset and answer come as data objects, and
        the expected length counts the answer's head as well."""
        if command.p1 == 0 and 0 < command.p2 < 0x1F:  # noqa: PLR2004  # five bits, neither all zeros nor all ones
            self._take_by_short_identifier(command.p2)
        elif command.parameters != (0, 0):
            raise ChipError(Status.WRONG_PARAMETERS)
        try:
            ((tag, offset),) = data_objects(command.data)
        except (TlvError, ValueError):
            raise ChipError(Status.WRONG_DATA) from None
        if tag != _OFFSET_OBJECT:
            raise ChipError(Status.WRONG_DATA)
        content = self._content_from(int.from_bytes(offset, "big"))
        permitted = self._permitted(command)
        head = len(data_object(_DATA_OBJECT, bytes(permitted))) - permitted
        return Response(data_object(_DATA_OBJECT, content[: max(permitted - head, 0)]))

    def dislikes(self, command: Command) -> bool:
        """Whether a command reads more than this chip bears at once."""
        limit = self._card.quirks.max_read
        return command.ins in READS and limit is not None and (command.expected or 0) > limit

    # Selection

    def _select_application(self, name: bytes) -> Response:
        if name != APPLICATION:
            raise ChipError(Status.FILE_NOT_FOUND)
        self._card.session.application = True
        self._card.session.file = None
        return Response()

    def _select_master_file(self) -> Response:
        status = self._card.quirks.select_master_file
        if status is not Status.OK:
            raise ChipError(status)
        self._card.session.application = False
        self._card.session.file = None
        return Response()

    def _select_file(self, identifier: bytes) -> Response:
        if len(identifier) != _IDENTIFIER_BYTES:
            raise ChipError(Status.WRONG_DATA)
        number = int.from_bytes(identifier, "big")
        self._take(next((file for file in self._present() if file.value == number), None))
        return Response()

    def _take_by_short_identifier(self, short: int) -> None:
        if not self._card.quirks.short_identifiers:
            raise ChipError(Status.WRONG_PARAMETERS)
        self._take(next((file for file in self._present() if file.short_identifier == short), None))

    def _present(self) -> tuple[File | MasterFile, ...]:
        """The files below what is selected. Who has not authenticated learns of none in the application."""
        passport, session = self._card.passport, self._card.session
        if not session.application:
            return tuple(passport.master_files)
        self._card.require_access()
        kept = (File.CVCA,) if self._card.trust_points and File.CVCA not in passport.files else ()
        return (*passport.files, *kept)

    def _take(self, file: File | MasterFile | None) -> None:
        if file is None:
            raise ChipError(Status.FILE_NOT_FOUND)
        self._require_permission(file)
        self._card.session.file = file

    def _require_permission(self, file: File | MasterFile) -> None:
        session = self._card.session
        if file is MasterFile.CARD_SECURITY:
            permitted = session.access is Access.PACE
        elif file in _SENSITIVE and self._card.passport.terminal_authentication is not None:
            permitted = bool(session.rights & _SENSITIVE[file])
        else:
            permitted = True
        if not permitted:
            raise ChipError(Status.SECURITY_NOT_SATISFIED)

    # Reading

    def _content_from(self, offset: int) -> bytes:
        """The rest of the current file."""
        file = self._card.session.file
        if file is None:
            if self._card.session.application:
                self._card.require_access()
            raise ChipError(Status.NO_CURRENT_FILE)
        self._require_permission(file)
        content = self._content(file)
        if self._card.has(Fault.ENDLESS_FILE):
            return content[offset:].ljust(MAX_EXTENDED, b"\x00")
        if offset >= len(content):
            raise ChipError(Status.OFFSET_OUTSIDE_FILE)
        return content[offset:]

    def _content(self, file: File | MasterFile) -> bytes:
        if isinstance(file, MasterFile):
            return self._card.passport.master_files[file]
        if self._card.has(Fault.OTHER_FILE) and file in (File.DG1, File.DG2):
            file = File.DG2 if file is File.DG1 else File.DG1
        if file is File.CVCA and file not in self._card.passport.files:  # the chip keeps it itself
            return ef_cvca(*(point.holder.decode("latin-1") for point in self._card.trust_points))
        return self._card.passport.files[file]

    def _permitted(self, command: Command) -> int:
        """How many bytes of those asked for the chip gives. An Le of zeros means as many as it can."""
        if command.expected is None:
            raise ChipError(Status.WRONG_LENGTH)
        quirks, limit = self._card.quirks, self._card.max_data(command)
        if self.dislikes(command):
            limit = min(limit, quirks.max_read or limit)
        elif command.asks_for_all:
            return min(limit, command.expected)
        if command.expected <= limit or quirks.long_read is LongRead.SHORTEN:
            return min(command.expected, limit)
        if quirks.long_read is LongRead.CORRECT:
            raise ChipError(Status.EXACT_LENGTH, limit & 0xFF)
        raise ChipError(Status.WRONG_LENGTH)
