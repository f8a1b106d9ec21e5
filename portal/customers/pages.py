"""Choosing for whom one acts."""

from uuid import UUID

from portal.auth import actions as sessions
from portal.auth.actions import SESSION_COOKIE
from portal.auth.people import User, user
from portal.customers import queries
from portal.customers.queries import NoSuchParty
from portal.kit.web import Cookie, Redirect, Visit, action


def act_as(visit: Visit[User]) -> Redirect:
    """To the overview of the chosen party, in a new session; the page one came from may not exist for them.

    Raises NoSuchParty.
    """
    try:
        party_id = UUID(str(visit.form.get("party", "")))
    except ValueError:
        raise NoSuchParty from None
    chosen = queries.choice(visit.db, visit.who, party_id, visit.today)
    cookie = sessions.act_for(visit.db, visit.who, chosen, visit.now)
    return Redirect("/overview", [Cookie(SESSION_COOKIE, cookie)])


routes = [action("/act-as", act_as, who=user)]
