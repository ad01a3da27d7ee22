"""What an operator may set for the registrar: what every role shares, as ``SATCHEL_REGISTRAR_<NAME>``."""

from pydantic_settings import SettingsConfigDict

from kit.settings import RoleSettings


class RegistrarSettings(RoleSettings):
    """The settings of one registrar process."""

    model_config = SettingsConfigDict(env_prefix="SATCHEL_REGISTRAR_", extra="forbid", frozen=True)
