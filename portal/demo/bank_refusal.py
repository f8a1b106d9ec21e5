"""What the test bank says to a relying party that does something which a real broker would not take."""


class Refusal(Exception):
    """An OAuth error name, what it was, and, where the client lacks a nonce for its DPoP proof, that nonce."""

    def __init__(self, error: str, says: str, nonce: str | None = None) -> None:
        super().__init__(f"{error}: {says}")
        self.error, self.says, self.nonce = error, says, nonce


def demand(holds: bool, error: str, says: str) -> None:  # noqa: FBT001 - a condition, not a switch
    """Raise Refusal unless a condition holds."""
    if not holds:
        raise Refusal(error, says)
