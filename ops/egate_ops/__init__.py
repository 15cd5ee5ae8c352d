"""Operations centre of the e-gate: takes in what the gates report, keeps it, and shows it on a page.

``admission`` judges events, ``store`` keeps them, ``ingest`` joins both to the broker, ``board`` is what the page shows
and ``web`` serves it.
"""
