"""The issuer: organisations describe what they offer, award it, correct it and withdraw it."""
