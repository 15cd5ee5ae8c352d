"""The loop that runs a lane: takes events from drivers, asks the table, carries effects out.

Here, and only here, meet the pure rooms and the devices. Start at ``lane.py``.
"""
