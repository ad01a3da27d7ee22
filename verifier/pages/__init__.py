"""The verifier's pages: checking, the verdict, and the list of recognised issuers."""
