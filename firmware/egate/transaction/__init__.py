"""The lane's state machine and the decision policy: pure, no clock, no device.

Read in this order: ``events`` (what can happen), ``effects`` (what the lane can want), ``state`` (what it knows),
``table`` (every transition), ``step`` (how the table runs), ``policy`` (who is admitted).
"""
