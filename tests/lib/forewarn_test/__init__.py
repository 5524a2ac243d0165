"""What the tests that talk to a running Forewarn share.

Service starts and stops it, Sink is the mail server it writes to, Visitor is a
person with a browser or a program with a token, Scenario plays a readable text.
Only the standard library and aiosmtpd (Debian: python3-aiosmtpd).
"""
