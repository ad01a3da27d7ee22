"""What all tests of apps have: building an app costs them less than its users."""

from tests import quick_apps

quick_apps.remember()
