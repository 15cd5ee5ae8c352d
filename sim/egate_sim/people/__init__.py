"""People who were never born: rendered heads for the simulated camera and for the portraits in simulated passports.

``head.Person`` is drawn from a seed, ``render.Renderer`` makes pictures of it, ``presentation`` is what stands before
the camera: a live person or an attack. No picture of a real person is used anywhere.
"""
