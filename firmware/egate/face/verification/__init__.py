"""Whether two pictures show one person: the chip's portrait, templates, their comparison."""
