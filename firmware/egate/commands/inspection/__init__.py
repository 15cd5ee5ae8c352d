"""``egate inspect``: one document, read with the lane's own chip reader and trust, outside the lane.

``command`` parses and runs, ``post`` holds what is judged by, ``page`` takes the zone from whoever has it, ``reading``
drives the plan and measures, ``report`` is what came out, ``words`` and ``machine`` show it. Nothing is written to disk
or log, and nothing about the holder is shown unless it was asked for.
"""
