"""Presentation attacks (ISO/IEC 30107): eight classes of four artefacts each, as TR-03122-3 tries them on a gate."""
