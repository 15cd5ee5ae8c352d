"""What forgers do to passports, by name, and what a reader must find; and what genuine passports are allowed.

``FORGERIES`` must be caught, ``ODDITIES`` must be let through. docs/forgeries.md shows what the gate's reader makes of
each.
"""

from egate_sim.passport.forgeries.case import Expected, Forgery, Group, Known, TrustLists, Workshop, merged
from egate_sim.passport.forgeries.copying import COPIES
from egate_sim.passport.forgeries.downgrade import DOWNGRADES
from egate_sim.passport.forgeries.editing import EDITS
from egate_sim.passport.forgeries.issuer_defects import ISSUER_DEFECTS
from egate_sim.passport.forgeries.malformed import MALFORMED
from egate_sim.passport.forgeries.own_pki import OWN_PKI
from egate_sim.passport.forgeries.printed import PRINTED
from egate_sim.passport.forgeries.protocol import PROTOCOL
from egate_sim.passport.forgeries.revoked import REVOKED
from egate_sim.passport.forgeries.static_keys import STATIC_KEYS
from egate_sim.passport.forgeries.tolerated import TOLERATED

__all__ = ["FORGERIES", "ODDITIES", "Expected", "Forgery", "Group", "Known", "TrustLists", "Workshop"]

FORGERIES = merged(
    COPIES, STATIC_KEYS, EDITS, OWN_PKI, REVOKED, DOWNGRADES, PROTOCOL, MALFORMED, ISSUER_DEFECTS, PRINTED
)
ODDITIES = merged(TOLERATED)
