"""A key service that wraps the ring's keys: the HTTP interface of Vault's and OpenBao's Transit."""

import base64
import functools
import ssl
from typing import Any

import httpx

from app.core.errors import UnavailableError
from app.core.settings import KeyServiceSettings


@functools.cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class TransitKeys:
    """Wraps with a key that never leaves the service; the token says who asks.

    Raises UnavailableError where the service does not answer as it must; its answers hold keys, so
    nothing of them stands in the error.
    """

    def __init__(self, settings: KeyServiceSettings) -> None:
        self._name = settings.key_name
        self._client = httpx.Client(
            base_url=f"{settings.endpoint.rstrip('/')}/v1/{settings.mount}",
            headers={"x-vault-token": settings.token}, timeout=settings.timeout_s,
            trust_env=False, verify=_trust(),
        )  # fmt: skip

    def wrap(self, plain: str, *, purpose: str) -> str:
        """Wrap a key, bound to its purpose."""
        return self._ask("encrypt", "ciphertext", {"plaintext": _b64(plain)}, purpose)

    def unwrap(self, wrapped: str, *, purpose: str) -> str:
        """Unwrap a key; one that was wrapped for another purpose does not open."""
        plain = self._ask("decrypt", "plaintext", {"ciphertext": wrapped}, purpose)
        return base64.b64decode(plain).decode()

    def _ask(self, verb: str, member: str, body: dict[str, str], purpose: str) -> str:
        body |= {"associated_data": _b64(purpose)}
        try:
            answer = self._client.post(f"/{verb}/{self._name}", json=body)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()["data"]
            return str(found[member])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise UnavailableError(
                f"密钥服务没有应答（{type(error).__name__}）。", code="key_service",
                remedy="请检查 SHIXUE_KEY_SERVICE__ENDPOINT 和令牌",
            ) from None  # fmt: skip


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
