"""A small coverage-guided fuzzer for whatever reads bytes of a stranger; docs/adr/0008 says why it is our own.

mutation    makes one input from others
reach       runs code and sees which of our lines it reaches, and how much work it does
engine      keeps what reaches further, and catches what breaks the promise
targets     the table of everything that is fuzzed
"""
