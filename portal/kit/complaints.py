"""What whoever runs the portal is told: what is wrong and what mends it. Visitors are told by `errors`.

Imports no library, so that the command line starts at once.
"""


class Complaint(Exception):
    """Something is refused. The message is a clause that others may put into a sentence of theirs."""

    says = "{}"  # what a whole sentence says around the message

    @property
    def sentence(self) -> str:
        """The message as one whole sentence."""
        return f"{self.says.format(self).rstrip('.')}."
