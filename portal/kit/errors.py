"""What can go wrong for a visitor, with its HTTP status. Slices subclass these as sentences about the world."""

from portal.kit.i18n import Text, text


class Problem(Exception):
    """Something a visitor must be told, in their language."""

    status = 500
    says: Text = text("Something went wrong on our side")
    is_fault = True  # somebody may have to look for it: the page says the number by which it is found


class BadRequest(Problem):
    """The request makes no sense to us."""

    status = 400
    says = text("We could not make sense of the request")


class Forbidden(Problem):
    """The request came from another site, or its form is too old."""

    status = 403
    says = text("The form had expired. Open the page again and repeat what you did.")


class FormExpired(Forbidden):
    """The form belongs to a session that has ended, or to nobody's."""


class NotCovered(Problem):
    """The person acts for another, and their mandate does not reach this."""

    status = 403
    says = text("Your mandate does not cover this")
    is_fault = False


class NotThere(Problem):
    """It does not exist, or this person may not know whether it does."""

    status = 404
    says = text("We could not find the page")
    is_fault = False


class Refused(Problem):
    """What is asked for is understood, but the state of things does not allow it."""

    status = 409
    says = text("This cannot be done now")
    is_fault = False


class TooLarge(Problem):
    """More was sent than we take."""

    status = 413
    says = text("You sent more than we can take in")
    is_fault = False


class Invalid(Problem):
    """What was sent does not hold together; forms are shown again rather than raised."""

    status = 422
    says = text("Something in the form needs to be corrected")
    is_fault = False


class TooMany(Problem):
    """Too many tries in too short a time."""

    status = 429
    says = text("There have been too many attempts. Wait a moment and try again.")
    is_fault = False


class Busy(Problem):
    """The database is away, full, or held by others for longer than we wait; it is worth trying again."""

    status = 503
    says = text("The service is busy just now. Try again in a moment.")


class SignInNeeded(Problem):
    """Nobody suitable is signed in."""

    status = 303


class StepUpNeeded(Problem):
    """The right person is signed in, but must prove it again for this."""

    status = 303
