"""The section `[upstream]` of `absah.toml`: the national service that this agency's certificates come from."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from absah.adapters.upstream.line import LineSettings


class UpstreamTable(BaseModel):
    """What stands in the file. The name and password of the agency are entered on a page and rest sealed.

    `base_url` is the one address that is asked; empty: none. `authorities` is a PEM file of the certification
    authorities of its TLS, in the data folder unless absolute. `plain_http` allows an address without TLS. `factors`
    says whether a signer shows one factor there (as the national service has it) or both.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: Annotated[str, Field(pattern=r"^(https?://[^\s?#]+)?$", max_length=300)] = ""
    wire: Literal["v1", "v2"] = "v2"
    sign_in: Literal["basic", "oauth"] = "basic"
    factors: Literal["either", "both"] = "either"
    plain_http: bool = False
    authorities: Annotated[str, Field(max_length=300)] = ""
    connect_seconds: Annotated[int, Field(ge=1, le=60)] = 5
    answer_seconds: Annotated[int, Field(ge=1, le=300)] = 60

    def line(self, data: Path, /) -> LineSettings:
        """What the adapter needs."""
        return LineSettings(
            base_url=self.base_url,
            connect_seconds=self.connect_seconds,
            answer_seconds=self.answer_seconds,
            authorities=data / self.authorities if self.authorities else None,
            plain=self.plain_http,
        )
