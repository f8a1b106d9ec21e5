"""What a block asks the database: ordinary statements and questions alike."""

from contextlib import contextmanager

from sqlalchemy import event

from portal.kit.questions import Question


@contextmanager
def asking(database):
    """A list that is filled with each statement the block sends, by whichever way."""
    asked, answer = [], Question.all

    def heard(_connection, _cursor, statement, *_):
        asked.append(statement)

    def heard_too(question, db, **given):
        asked.append(str(question))
        return answer(question, db, **given)

    event.listen(database.engine, "before_cursor_execute", heard)
    Question.all = heard_too
    try:
        yield asked
    finally:
        Question.all = answer
        event.remove(database.engine, "before_cursor_execute", heard)
