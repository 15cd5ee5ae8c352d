"""Cryptography of documents: ciphers, hashes, keys, groups, signatures. It knows no chip and no file."""
