"""Error rates and how sure one can be of them: ISO/IEC 30107-3 for attacks, ISO/IEC 19795-1 for comparisons."""
