"""What can be wrong with a collection."""


class SampleError(Exception):
    """A table, a folder or a file cannot be used. The text names the row or the file and says what to do."""
