"""One-time codes (RFC 6238, SHA-1, 30 seconds, six digits)."""
import base64
import hashlib
import hmac
import struct
import time


def code(secret, now=None, digits=6):
    """The code of a Base32 secret at an instant in seconds (default: now)."""
    secret = secret.replace(" ", "").upper()
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    step = int((time.time() if now is None else now) // 30)
    mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    number = struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff
    return str(number % 10 ** digits).zfill(digits)
