"""Who may come in: tokens, officers, sessions, the audit."""
