"""The command line: parse, call one service function, print. Nothing else imports click or rich."""
