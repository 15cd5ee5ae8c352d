"""What the gate tells the operations centre: records without personal data, kept durably until the centre has them.

``records`` says what can be told, ``envelope`` seals it into a hash chain, ``outbox`` keeps it on disk, and ``link``
(the one module that knows the MQTT client) carries it to the broker. ``codec`` alone turns bytes into values.
"""
