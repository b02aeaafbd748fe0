"""Variables of the environment that no project is asked for."""

from __future__ import annotations

__all__ = ["IGNORED"]

IGNORED = frozenset(
    {
        *("COLORTERM", "COLUMNS", "DBUS_SESSION_BUS_ADDRESS", "INVOCATION_ID"),
        *("JOURNAL_STREAM", "LINES", "NO_COLOR", "OLDPWD", "PWD", "SHLVL", "SSH_CLIENT"),
        *("SSH_CONNECTION", "SSH_TTY", "STY", "SYSTEMD_EXEC_PID", "TERM"),
        *("TERM_SESSION_ID", "TMUX", "TMUX_PANE", "WINDOWID", "XDG_SESSION_ID", "_"),
    }
)
"""They tell of the terminal and the session, and are another each time."""
