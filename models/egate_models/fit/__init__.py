"""Fits models/pad.toml: how the cues' features become scores, and the scores one."""
