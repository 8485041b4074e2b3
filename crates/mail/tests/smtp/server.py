"""A real SMTP server (aiosmtpd) for the tests of the mail room.

Reads its settings as JSON from the first argument, prints its port, and writes each message it takes, decoded by Python's own
`email` package, as one line of JSON. Ends when its standard input is closed, so that it never outlives a test.

Addresses decide what happens to a recipient: nobody@ is refused for good (550), later@ for now (451), cut@ ends the
connection. The setting "after" decides about the whole message: "take", "later" (451), "never" (554), "large" (552),
"cut" (the message is kept and the connection ends without an answer).
"""

import asyncio
import base64
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

settings = json.loads(sys.argv[1])


def say(thing):
    # Letters that Python's `email` could not place are lone surrogates, which are no Unicode.
    text = json.dumps(thing, ensure_ascii=False).encode("utf-8", "surrogateescape")
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


def decoded(message):
    parts = []
    for part in message.walk():
        if part.is_multipart():
            parts.append({"type": part.get_content_type()})
            continue
        payload = part.get_payload(decode=True)
        parts.append(
            {
                "type": part.get_content_type(),
                "charset": part.get_content_charset(),
                "filename": part.get_filename(),
                "disposition": part.get_content_disposition(),
                "content": base64.b64encode(payload).decode(),
            }
        )
    return parts


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        who = address.split("@")[0]
        if who == "nobody":
            return "550 5.1.1 no such user"
        if who == "later":
            return "451 4.2.2 mailbox is full"
        if who == "cut":
            server.transport.abort()
            return "250 OK"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say(
            {
                "mail_from": envelope.mail_from,
                "rcpt_tos": envelope.rcpt_tos,
                "encrypted": session.ssl is not None or settings["tls"] == "implicit",
                "login": session.auth_data,
                "headers": [[name, str(value)] for name, value in message.items()],
                "addresses": {
                    name: [[a.display_name, a.addr_spec] for a in message[name].addresses]
                    for name in ("From", "To", "Cc")
                    if message[name]
                },
                "defects": [repr(d) for d in message.defects],
                "parts": decoded(message),
                "raw": base64.b64encode(envelope.content).decode(),
            }
        )
        after = settings["after"]
        if after == "later":
            return "451 4.3.0 try again later"
        if after == "never":
            return "554 5.7.1 refused by policy"
        if after == "large":
            return "552 5.3.4 message too big"
        if after == "cut":
            server.transport.abort()
        return "250 2.0.0 queued as 4711"


def authenticator(server, session, envelope, mechanism, data):
    wanted = settings.get("login")
    given = [data.login.decode(), data.password.decode()] if isinstance(data, LoginPassword) else None
    if given == wanted:
        return AuthResult(success=True, auth_data=given[0])
    return AuthResult(success=False, handled=False)


async def main():
    tls = settings["tls"]
    context = None
    if tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings["cert"], settings["key"])
    has_login = bool(settings.get("login"))

    def protocol():
        return SMTP(
            Handler(),
            hostname="mail.test",
            require_starttls=tls == "starttls",
            tls_context=context if tls == "starttls" else None,
            authenticator=authenticator if has_login else None,
            auth_required=has_login,
            auth_require_tls=tls == "starttls",
            auth_exclude_mechanism=[] if has_login else ["LOGIN", "PLAIN"],
            data_size_limit=settings.get("limit", 33554432),
            enable_SMTPUTF8=settings.get("utf8", False),
        )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", settings.get("port", 0), ssl=context if tls == "implicit" else None
    )
    say({"port": server.sockets[0].getsockname()[1]})
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
