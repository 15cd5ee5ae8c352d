"""Executors carry effects out: each file takes a few kinds of effect to a device, a room or the disk, and puts what
comes back into the lane's queue. They decide nothing."""
