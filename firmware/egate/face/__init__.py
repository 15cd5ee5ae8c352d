"""Faces, from a camera's picture to three checks. Pure; start at ``capture.CaptureSession``.

``networks`` run model files, ``finding`` says where a face is, ``quality`` how good its picture is, ``pad`` whether it
is a person who stands there, ``verification`` whether it is the person of the portrait. Each knows only those before it
and, of its neighbours, none.
"""
