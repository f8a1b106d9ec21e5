"""One package a person at a time: who has one on its way from this process."""

from uuid import UUID


class Turns:
    """Whose turn it is. It stands in the event loop: not for several threads at once."""

    def __init__(self) -> None:
        """Nobody has a package on its way."""
        self._taken: set[UUID] = set()

    def take(self, account_id: UUID) -> bool:
        """Take a person's turn; False where they have it already."""
        if account_id in self._taken:
            return False
        self._taken.add(account_id)
        return True

    def give_back(self, account_id: UUID) -> None:
        """Let the person take another one."""
        self._taken.discard(account_id)
