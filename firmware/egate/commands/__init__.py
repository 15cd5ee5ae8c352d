"""Commands of ``egate`` beside running a lane: what an agency's office does before a gate sees anything of it, and
what people look up by a gate's trust."""
