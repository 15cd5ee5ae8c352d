"""The machine readable zone: its formats, and what the printed page alone tells (Doc 9303-3 to -7).

characters, formats, transliteration_tables   the standard's alphabets and tables, as data
number, dates, names, transliteration         the fields that need more than their position
zone                                          ``Mrz``: a zone whose every rule holds
repair                                        reading with an officer beside
inspection                                    the verdicts on a page
"""
