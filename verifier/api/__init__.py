"""The verifier for programs.

verdicts   checking, stored verdicts and the list of recognised issuers, under ``/api``
vc_api     the VC-API: credentials, presentations and identifiers, at its own addresses
"""

from verifier.api.vc_api import vc_api
from verifier.api.verdicts import verifier_api

__all__ = ["vc_api", "verifier_api"]
