"""The whole inspection of one chip: the plan that reads it and the verdicts that follow."""
