"""The demo: an invented family, its providers, and what they signed; seeded through the public routes of the four roles
only.
"""
