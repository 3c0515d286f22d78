"""Ways out of the office: one file and one line here for each."""

from engine.channels.email import EmailChannel

CHANNELS = {"email": EmailChannel}
