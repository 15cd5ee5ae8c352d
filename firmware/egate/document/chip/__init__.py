"""The chip's protocols: commands, access control, secure messaging, authentication (Doc 9303-10 and -11)."""
