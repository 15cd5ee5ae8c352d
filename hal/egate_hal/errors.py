"""What can go wrong with a device. Every driver raises these and nothing else.

No error text holds anything that a device read from a traveller or a document.
"""


class HalError(Exception):
    """Root of all errors that a driver raises."""


class SettingsError(HalError):
    """A configuration value is missing, unknown or out of bounds. The text names the key and what would be valid."""


class DeviceUnavailable(HalError):
    """The device cannot be used on this machine: package, permission or hardware is absent.

    The text says what is missing and what to do.
    """


class DeviceLost(HalError):
    """A device that worked has gone: unplugged, powered off, its line closed. ``open()`` may be tried again."""


class DeviceTimeout(HalError):
    """The device did not answer in time. It may still be there."""


class ProtocolError(HalError):
    """The device sent something that its protocol forbids. The text names the rule, never the bytes."""
