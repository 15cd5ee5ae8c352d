"""Pages of docs/ that are drawn from what the code runs: states, events, schemas, door, faults, settings.

``python -m egate_tools.pages`` writes them, ``--check`` fails where one has drifted. Each module has ``pages(docs)``:
path -> text.
"""
