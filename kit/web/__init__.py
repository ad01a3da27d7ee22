"""Everything between a socket and a role's endpoints: one app builder, one set of headers, one problem handler.

`build_app` puts an app together from routers; `Pages` renders templates; `form` reads what was submitted. Endpoints
are sync `def`: the framework runs them in threads.

    app      build_app            pages    Pages, see_other
    shell    the outer middleware problems the one handler
    visit    what is known about one request: language, session, flashes, reference
    csrf     Origin check and form tokens
    forms    reading submitted fields
    assets   static files with the hash of their content in the address
    vc_api   what the roles' VC-API routes have in common
    openapi  the description of a role's API
"""

from kit.web.app import BodyLimits, build_app
from kit.web.csrf import csrf_token
from kit.web.forms import Form, Upload, form, whole
from kit.web.pages import Pages, saying, see_other
from kit.web.problems import problem_json
from kit.web.visit import Visit, flash, local_path, visit_of

__all__ = [
    "BodyLimits",
    "Form",
    "Pages",
    "Upload",
    "Visit",
    "build_app",
    "csrf_token",
    "flash",
    "form",
    "local_path",
    "problem_json",
    "saying",
    "see_other",
    "visit_of",
    "whole",
]
