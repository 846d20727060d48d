"""Holds what receivers are sent against the receivers' own libraries.

    check.py FOLDER VALIDATE      FOLDER: what tests/all/telling/bodies.rs wrote; VALIDATE: a program for schemas
"""
import email
import email.policy
import json
import pathlib
import socket
import subprocess
import sys

import httpx2
import pagerduty
from aiosmtpd.controller import Controller
from slack_sdk.models.blocks import Block
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

FOLDER, VALIDATE = map(pathlib.Path, sys.argv[1:3])
NAMES = ("flagged", "rollback", "cleared", "bare", "worst")
SIGNS = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ROUTING = "0123456789abcdef0123456789abcdef"


def of(name, kind):
    return (FOLDER / f"{name}.{kind}").read_text(encoding="utf-8")


def signatures():
    for name in NAMES:
        sent = json.loads(of(name, "webhook.json"))
        event = Webhook(SIGNS).verify(sent["body"], sent["headers"])
        assert event["schema"] == "holdpoint/event/v1", event
        try:
            Webhook(SIGNS).verify(sent["body"] + " ", sent["headers"])
        except WebhookVerificationError:
            continue
        raise AssertionError("a changed body verifies")


def cloudevents():
    if not VALIDATE.exists():
        return f"{VALIDATE} isn't there"
    for name in NAMES:
        file = FOLDER / f"{name}.cloudevent.json"
        done = subprocess.run([sys.executable, VALIDATE, "cloudevent", file], capture_output=True, text=True)
        assert done.stdout == "VALID\n", f"{name}: {done.stdout}{done.stderr}"


def slack():
    for name in NAMES:
        message = json.loads(of(name, "slack.json"))
        blocks = [Block.parse(block) for block in message["blocks"]]
        for block, parsed in zip(message["blocks"], blocks):
            assert parsed is not None, f"{name}: nobody knows {block['type']}"
            # to_dict refuses what is over a limit.
            said = parsed.to_dict()
            assert said == block, f"{name}: {said} is not {block}"
        assert message["text"] and len(json.dumps(message, ensure_ascii=False)) < 8000, name


def pager():
    taken = []

    def take(request):
        taken.append((request.url.path, json.loads(request.content)))
        return httpx2.Response(202, json={"status": "success", "message": "Event processed", "dedup_key": "x"})

    # It speaks HTTPS only; what it would send is taken where it leaves it.
    client = pagerduty.EventsApiV2Client(ROUTING, transport=httpx2.MockTransport(take))
    for name in NAMES:
        ours = json.loads(of(name, "pagerduty.json"))
        path, payload = ours.pop("path"), ours.get("payload", {})
        if ours.get("event_action") == "resolve":
            client.resolve(ours["dedup_key"])
        elif ours.get("event_action") == "trigger":
            client.trigger(
                payload["summary"],
                payload["source"],
                dedup_key=ours["dedup_key"],
                severity=payload["severity"],
                custom_details=payload["custom_details"],
            )
        else:
            client.send_change_event(payload=payload, links=ours.get("links"))
        their_path, theirs = taken.pop()
        assert path == their_path, f"{name}: {path} and {their_path}"
        for key in ("routing_key", "event_action", "dedup_key"):
            assert ours.get(key) == theirs.get(key), f"{name}: {key}: {ours.get(key)} and {theirs.get(key)}"
        for key in ("summary", "source", "severity", "custom_details"):
            there = theirs.get("payload", {})
            assert payload.get(key) == there.get(key), f"{name}: {key}: {payload.get(key)} and {there.get(key)}"


class Mailbox:
    """Keeps what arrives."""

    arrived = []

    async def handle_DATA(self, server, session, envelope):
        Mailbox.arrived.append(envelope)
        return "250 OK"


def mail():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=port)
    controller.start()
    # What `sendmail -t` does: it reads whom a mail goes to from the mail, and ends lines as SMTP does.
    program = (
        "import email, email.policy, smtplib, sys\n"
        "text = sys.stdin.buffer.read()\n"
        "message = email.message_from_bytes(text, policy=email.policy.default)\n"
        "to = [address.addr_spec for header in ('to', 'cc', 'bcc') if message[header] for address in message[header].addresses]\n"
        "lines = text.replace(b'\\n', b'\\r\\n')\n"
        f"smtplib.SMTP('127.0.0.1', {port}).sendmail(message['from'].addresses[0].addr_spec, to, lines)\n"
    )
    ids = []
    for name in NAMES:
        text = of(name, "mail.eml").encode()
        subprocess.run([sys.executable, "-c", program], input=text, check=True)
        envelope = Mailbox.arrived.pop()
        assert envelope.mail_from == "holdpoint@example.com", envelope.mail_from
        assert envelope.rcpt_tos == ["zoe@example.com", "a@example.com"], envelope.rcpt_tos
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert not message.defects and not any(header.defects for header in message.values()), name
        assert message["bcc"] is None and message["x-evil"] is None, name
        assert message["auto-submitted"] == "auto-generated", name
        assert message["subject"].startswith("[holdpoint] "), message["subject"]
        assert "event " in message.get_content(), name
        ids.append(message["message-id"])
        if name == "worst":
            assert "zoë 支付" in message["subject"], message["subject"]
            assert "zoë 支付" in message.get_content()
    assert ids[0] == ids[1] and ids[0] != ids[2], "an event's mail has the event's id"
    controller.stop()


def main():
    failed = 0
    for check, what in (
        (signatures, "signatures verify by standardwebhooks"),
        (cloudevents, "CloudEvents fit their schema"),
        (slack, "blocks are what slack_sdk's models say"),
        (pager, "PagerDuty's events are what its own client sends"),
        (mail, "mail arrives by SMTP through a program"),
    ):
        try:
            skipped = check()
            print(f"skipped: {what}: {skipped}" if skipped else f"ok: {what}")
        except Exception as error:  # every kind of failure is told, and the others are tried
            failed += 1
            print(f"FAILED: {what}: {type(error).__name__}: {error}")
    sys.exit(1 if failed else 0)


main()
