"""The files of the chip: what their bytes mean (Doc 9303-10). Nothing here judges them."""
