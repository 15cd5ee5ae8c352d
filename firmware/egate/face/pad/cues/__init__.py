"""The cues, one file each. Each says at its top what it looks for, why that tells, and what it cannot see."""
