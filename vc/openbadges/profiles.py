"""Who is who: the profiles of issuers, creators, sources and endorsers, as they describe themselves.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#profile
"""

from __future__ import annotations

from vc.openbadges.members import View, many, number, objects, one, text, texts


class Image(View):
    """A picture: its address (or the picture itself, as a data URL), and words for those who do not see it."""

    __slots__ = ()

    id = text("id")
    caption = text("caption")


class GeoCoordinates(View):
    """A place on the map, in degrees (WGS 84)."""

    __slots__ = ()

    latitude = number("latitude")
    longitude = number("longitude")


class Address(View):
    """A postal address."""

    __slots__ = ()

    country = text("addressCountry")
    country_code = text("addressCountryCode")
    region = text("addressRegion")
    locality = text("addressLocality")
    street_address = text("streetAddress")
    post_office_box_number = text("postOfficeBoxNumber")
    postal_code = text("postalCode")
    geo = one("geo", lambda: GeoCoordinates)


class IdentifierEntry(View):
    """A further identifier, and of which kind it is (``sourcedId``, ``isbn``, …)."""

    __slots__ = ()

    identifier = text("identifier")
    identifier_type = text("identifierType")


class Profile(View):
    """An organisation or a person, as it describes itself.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#profile
    """

    __slots__ = ()

    id = text("id")
    name = text("name")
    url = text("url")
    phone = text("phone")
    description = text("description")
    image = one("image", lambda: Image)
    email = text("email")
    address = one("address", lambda: Address)
    other_identifiers = many("otherIdentifier", lambda: IdentifierEntry)
    official = text("official")
    parent_org = one("parentOrg", lambda: Profile)
    family_name = text("familyName")
    given_name = text("givenName")
    additional_name = text("additionalName")
    patronymic_name = text("patronymicName")
    honorific_prefix = text("honorificPrefix")
    honorific_suffix = text("honorificSuffix")
    family_name_prefix = text("familyNamePrefix")
    date_of_birth = text("dateOfBirth")
    endorsements = objects("endorsement")
    endorsement_jwts = texts("endorsementJwt")
