"""The photo of a meter that goes with a request: kept sealed, and gone with the request."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal.auth.people import User
from portal.kit.crypto import Vault
from portal.requests.models import RequestPhoto, ServiceRequest
from portal.requests.queries import NoSuchRequest
from portal.requests.scope import visible_to

PLACE: Final = {"table": RequestPhoto.__tablename__, "column": "sealed"}
CONTENT_TYPE: Final = "image/jpeg"


def keep(db: Session, vault: Vault, request_id: UUID, jpeg: bytes, now: datetime) -> UUID:
    """Keep a photo in the place of the one before, if there is one; its id."""
    remove(db, request_id)
    photo_id = uuid4()
    sealed = vault.seal_bytes(jpeg, row=photo_id, **PLACE)
    db.add(RequestPhoto(id=photo_id, request_id=request_id, added_at=now, sealed=sealed))
    db.flush()
    return photo_id


def remove(db: Session, request_id: UUID) -> None:
    """Remove the photo of a request, if there is one."""
    db.connection().execute(delete(RequestPhoto).where(col(RequestPhoto.request_id) == request_id))


def of_request(db: Session, who: User, vault: Vault, request_id: UUID) -> tuple[str, bytes]:
    """The number of a request, and its photo as a JPEG.

    Raises NoSuchRequest, also where there is no photo, and Unreadable.
    """
    wanted = select(RequestPhoto, ServiceRequest.number).join(ServiceRequest)
    found = db.exec(wanted.where(ServiceRequest.id == request_id, visible_to(who))).first()
    if found is None:
        raise NoSuchRequest
    photo, number = found
    return number, opened(photo, vault)


def by_number(db: Session, vault: Vault, number: str) -> bytes | None:
    """The photo that a sent request of a number has, as a JPEG; None where it has none. For the utility's own systems.

    Raises Unreadable.
    """
    wanted = select(RequestPhoto).join(ServiceRequest)
    sent = col(ServiceRequest.sent_at).is_not(None)
    found = db.exec(wanted.where(ServiceRequest.number == number, sent)).first()
    return None if found is None else opened(found, vault)


def opened(photo: RequestPhoto, vault: Vault) -> bytes:
    """The bytes of a photo. Raises Unreadable."""
    return vault.open_bytes(photo.sealed, row=photo.id, **PLACE)
