"""One's own account: how one is reached and billed, the language, where one is signed in."""
