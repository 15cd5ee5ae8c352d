"""What may go wrong at a door that closes by itself, replayed on the real firmware: the evidence behind docs/safety.md.

``case`` says what a hazard is, ``closing``, ``egress`` and ``failing`` play them, ``plot`` draws, ``page`` writes.
"""
