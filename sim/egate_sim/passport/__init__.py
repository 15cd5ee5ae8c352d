"""The simulated state and its passports: issuer, chip, forgeries. Shares no code with the reader."""
