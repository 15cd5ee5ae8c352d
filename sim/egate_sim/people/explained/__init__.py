"""Draws the pictures of docs/face.md: rendered people and artefacts, looked at by the gate's own cues."""
