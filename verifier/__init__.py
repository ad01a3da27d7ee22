"""The verifier: asks, judges and explains. It keeps verdicts and a list of recognised issuers."""
