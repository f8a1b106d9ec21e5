"""E-mail addresses that our letters reach: decided once, for forms, feeds and the mailer.

Of plain mailboxes (RFC 5321): not every server takes one with letters such as ä (RFC 6531). A domain may have them,
for it goes to servers in ASCII (IDNA, RFC 5891).
"""

from email_validator import EmailNotValidError, ValidatedEmail, validate_email


class NotAnAddress(ValueError):
    """No letter of ours reaches this."""


def as_read(email: str) -> str:
    """An address as people read it, its domain in lower case; what stands before the @ is left as it is.

    Raises NotAnAddress.
    """
    return _validated(email).normalized


def as_sent(email: str) -> str:
    """The same in ASCII: `aino@sähkö.example.fi` is aino@xn--shk-qla6g.example.fi.

    Raises NotAnAddress.
    """
    validated = _validated(email)
    return f"{validated.ascii_local_part}@{validated.ascii_domain}"


def _validated(email: str) -> ValidatedEmail:
    try:  # test_environment: `.test` (RFC 6761) is where installations try their letters
        return validate_email(
            email, allow_smtputf8=False, check_deliverability=False, strict=True, test_environment=True
        )
    except EmailNotValidError:
        raise NotAnAddress("no e-mail address") from None
