"""The core: decides what a credential is worth."""
