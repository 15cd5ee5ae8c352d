"""Card-verifiable certificates: what a chip believes of an inspection system (BSI TR-03110-3, appendix C)."""
