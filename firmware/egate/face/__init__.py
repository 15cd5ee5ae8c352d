"""Faces: detection, quality, presentation attack detection, verification. Pure; start at capture.CaptureSession."""
