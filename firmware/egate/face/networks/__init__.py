"""The model files: what their cards say, and running them. Nothing else knows the inference runtime."""
