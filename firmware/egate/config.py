"""One lane: the whole gate file, checked."""
