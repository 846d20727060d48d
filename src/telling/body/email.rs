//! A mail, as a program such as `sendmail -t` takes it.
//!
//! Lines end with a single line feed, which is what such programs take on their standard input. Dots at the beginning
//! of lines are theirs to take care of.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::event_id;
use super::identity::hash;
use super::text::{fitting, link};
use crate::model::{Mailbox, format_time};
use crate::telling::{Message, Urgency};

/// The longest subject, in characters.
const SUBJECT: usize = 200;
/// How many bytes of text one encoded word may hold, so that it is at most 75 characters long.
const ENCODED_WORD: usize = 45;
/// The longest line of an encoded body, without its end.
const LINE: usize = 76;
const PARAGRAPH: usize = 8000;
const FIELD: usize = 1000;
const FIELDS: usize = 50;

/// The whole mail.
pub fn mail(message: &Message, from: &Mailbox, to: &[Mailbox]) -> String {
    let subject = format!("[holdpoint] {}", message.sentence);
    let to: Vec<String> = to.iter().map(mailbox).collect();
    let mut mail = String::new();
    let mut header = |name: &str, value: &str| mail.push_str(&format!("{name}: {value}\n"));
    header("From", &mailbox(from));
    header("To", &to.join(",\n "));
    header("Subject", &words(&fitting(&subject, SUBJECT)));
    header("Date", &message.at.to_rfc2822());
    header("Message-ID", &message_id(message, from));
    header("Auto-Submitted", "auto-generated");
    if message.urgency == Urgency::Page && !message.resolves {
        header("Importance", "high");
    }
    header("MIME-Version", "1.0");
    header("Content-Type", "text/plain; charset=utf-8");
    header("Content-Transfer-Encoding", "quoted-printable");
    mail.push('\n');
    mail.push_str(&quoted_printable(&text(message)));
    mail
}

/// What people read.
fn text(message: &Message) -> String {
    let mut text =
        format!("{}\n\n{}\n", fitting(&message.sentence, FIELD), fitting(&message.paragraph, PARAGRAPH));
    if let Some(command) = &message.command {
        text.push_str(&format!("\nNext:\n\n    {}\n", fitting(command, PARAGRAPH)));
    }
    if !message.fields.is_empty() {
        text.push('\n');
    }
    for (name, value) in message.fields.iter().take(FIELDS) {
        text.push_str(&format!("{}: {}\n", fitting(name, FIELD), fitting(value, FIELD)));
    }
    if let Some(link) = link(message.link.as_deref()) {
        text.push_str(&format!("\n{link}\n"));
    }
    let kind = fitting(&message.kind, FIELD);
    text.push_str(&format!("\n-- \n{kind} · {} · event {}\n", format_time(message.at), event_id(message)));
    text
}

/// The event's id as that of the mail: the same each time it is sent.
fn message_id(message: &Message, from: &Mailbox) -> String {
    let id = event_id(message);
    let plain = id.split('.').all(|part| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "+-_/".contains(c))
    });
    let id = if plain { id } else { hash(&id) };
    let host = from.address.rsplit_once('@').map_or("holdpoint.invalid", |(_, host)| host);
    format!("<{id}@{host}>")
}

/// An address in a header. What an address may hold is seen to where it is read.
fn mailbox(mailbox: &Mailbox) -> String {
    let name = fitting(&mailbox.name, SUBJECT);
    if name.is_empty() {
        mailbox.address.to_string()
    } else if name.chars().all(|c| (' '..='~').contains(&c)) {
        format!("\"{}\" <{}>", name.replace(['"', '\\'], ""), mailbox.address)
    } else {
        format!("{} <{}>", words(&name), mailbox.address)
    }
}

/// The text of a header: as it is, or in encoded words, one a line (RFC 2047).
fn words(text: &str) -> String {
    let plain = text.chars().all(|c| (' '..='~').contains(&c)) && text.len() <= SUBJECT;
    // What looks like an encoded word would be decoded.
    if plain && !text.contains("=?") {
        return text.to_owned();
    }
    let (mut words, mut word) = (Vec::new(), String::new());
    for c in text.chars() {
        if word.len() + c.len_utf8() > ENCODED_WORD {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let encoded = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
    encoded.collect::<Vec<_>>().join("\n ")
}

/// The text in seven bits and short lines (RFC 2045).
fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut column = 0;
        let bytes = line.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            let last = at + 1 == bytes.len();
            let literal = (b'!'..=b'~').contains(byte) && *byte != b'=' || *byte == b' ' && !last;
            let piece = if literal { char::from(*byte).to_string() } else { format!("={byte:02X}") };
            if column + piece.len() >= LINE {
                out.push_str("=\n");
                column = 0;
            }
            column += piece.len();
            out.push_str(&piece);
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telling::body::testing::{hostile, message};

    fn of(message: &Message) -> String {
        let mailbox = |text| Mailbox::parse(text).unwrap();
        let to = [mailbox("a@example.com"), mailbox("Zoë <z@example.com>")];
        mail(message, &mailbox("Hold Point <holdpoint@example.com>"), &to)
    }

    #[test]
    fn a_mail_has_its_headers_and_the_words() {
        let mail = of(&message());
        let (head, text) = mail.split_once("\n\n").unwrap();
        for line in [
            "From: \"Hold Point\" <holdpoint@example.com>",
            "To: a@example.com,\n =?utf-8?B?Wm/Dqw==?= <z@example.com>",
            "Subject: [holdpoint] checkout 2.4.1, which runs in prod, is insecure: CVE-2026-31337 (high, exploited)",
            "Date: Sun, 22 Nov 2026 03:05:00 +0000",
            "Message-ID: <01KAF3M6Q0000000000000000A@example.com>",
            "Auto-Submitted: auto-generated",
            "Importance: high",
        ] {
            assert!(head.contains(line), "{line}\n{head}");
        }
        assert!(text.contains("\nNext:\n\n    holdpoint run checkout 2.4.0 --env prod -- "), "{text}");
        assert!(text.contains("\nsafe target: 2.4.0\n"), "{text}");
        // The blank behind a signature's dashes would be lost at the end of a line.
        assert!(text.contains("\n--=20\n"), "{text}");
    }

    #[test]
    fn nothing_that_others_wrote_becomes_a_header() {
        let mail = of(&hostile());
        let (head, text) = mail.split_once("\n\n").unwrap();
        let names: Vec<&str> = head
            .lines()
            .filter(|line| !line.starts_with(' '))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Auto-Submitted",
                "Importance",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding"
            ]
        );
        assert!(!mail.contains('\r') && mail.is_ascii());
        assert!(mail.lines().all(|line| line.len() <= 250), "no line is too long for anybody");
        assert!(text.lines().all(|line| line.len() <= LINE));
        assert!(head.contains("Message-ID: <") && !head.contains("x-evil"));
    }

    #[test]
    fn a_header_beyond_ascii_is_encoded_by_whole_characters() {
        assert_eq!(words("plain"), "plain");
        assert_eq!(words("=?utf-8?B?eA==?="), "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=");
        let long = words(&"支付".repeat(40));
        for word in long.split("\n ") {
            assert!(word.len() <= 75, "{word}");
            let inner = word.strip_prefix("=?utf-8?B?").unwrap().strip_suffix("?=").unwrap();
            assert!(String::from_utf8(STANDARD.decode(inner).unwrap()).is_ok(), "whole characters");
        }
    }

    #[test]
    fn a_body_is_short_lines_of_ascii() {
        for (text, want) in [
            ("a = b\n", "a =3D b\n"),
            ("ü ", "=C3=BC=20\n"),
            ("\n.\n", "\n.\n"),
            (&"x".repeat(80), &*format!("{}=\n{}\n", "x".repeat(75), "x".repeat(5))),
        ] {
            assert_eq!(quoted_printable(text), want);
        }
    }
}
