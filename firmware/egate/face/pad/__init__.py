"""Presentation attack detection (ISO/IEC 30107): is it a person who stands there, or a thing that shows one?

Several cues look at the same frames, each for another reason to doubt. A cue turns what it saw into named features, a
calibration turns the features into the cue's score, and a fusion turns the scores into one: 0 live .. 1 attack. A cue
that saw too little is undetermined and never taken for a good sign.
"""
