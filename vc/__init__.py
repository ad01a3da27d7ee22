"""The core: decides about verifiable credentials, and never fetches."""
