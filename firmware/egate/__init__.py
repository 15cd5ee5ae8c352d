"""The lane controller: what runs on the Raspberry Pi. Start reading at docs/one-traveller.md."""

__version__ = "0.1.0"
