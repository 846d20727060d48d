//! A receiver on loopback that behaves as it is told to: mostly badly.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How a receiver behaves.
pub enum Manner {
    /// It answers with these statuses and headers in turn, and with the last again and again.
    Says(Vec<String>),
    /// It takes the request, and says nothing.
    Silent,
    /// It begins to answer, and closes.
    HalfWay,
    /// It says that ten megabytes follow, and sends them as long as somebody takes them.
    Huge(Arc<Mutex<usize>>),
    /// It answers when all have been asked who wait here.
    Together(Arc<Barrier>),
}

/// A status without more.
pub fn says(status: &str) -> Manner {
    Manner::Says(vec![status.to_owned()])
}

/// What it was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, says)| says)
    }
}

/// A receiver, and what it was asked.
pub struct Stub {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// The certificate of a receiver, by itself and as PEM.
pub struct Certificate {
    config: Arc<ServerConfig>,
    pub pem: String,
}

impl Certificate {
    /// One that nobody has signed but itself.
    pub fn of(host: &str) -> Certificate {
        let made = rcgen::generate_simple_self_signed(vec![host.to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let chain = vec![CertificateDer::from(made.cert.der().to_vec())];
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
        Certificate { config: Arc::new(config), pem: made.cert.pem() }
    }
}

impl Stub {
    /// One by HTTP.
    pub fn http(manner: Manner) -> Stub {
        Stub::new(manner, None)
    }

    /// One by HTTPS, as `localhost`.
    pub fn https(manner: Manner, certificate: &Certificate) -> Stub {
        Stub::new(manner, Some(certificate.config.clone()))
    }

    fn new(manner: Manner, tls: Option<Arc<ServerConfig>>) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = if tls.is_some() {
            format!("https://localhost:{port}")
        } else {
            format!("http://127.0.0.1:{port}")
        };
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (manner, seen) = (Arc::new(manner), asked.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (manner, seen, tls) = (manner.clone(), seen.clone(), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(stream, &manner, &seen),
                    Some(config) => {
                        let connection = ServerConnection::new(config).unwrap();
                        serve(StreamOwned::new(connection, stream), &manner, &seen);
                    }
                });
            }
        });
        Stub { address, asked }
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// An address where nobody listens.
pub fn nobody() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}")
}

/// Serves one request, which is all that a connection gets.
fn serve(stream: impl Read + Write, manner: &Manner, seen: &Mutex<Vec<Asked>>) {
    let mut stream = BufReader::new(stream);
    let Some(asked) = read(&mut stream) else { return };
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push(asked);
        seen.len() - 1
    };
    let stream = stream.get_mut();
    let mut answer = |text: &str| {
        let _ = write!(stream, "HTTP/1.1 {text}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let _ = stream.flush();
    };
    match manner {
        Manner::Says(all) => answer(all.get(before).or(all.last()).unwrap()),
        Manner::Together(barrier) => {
            barrier.wait();
            answer("200 OK");
        }
        // Until the other side hangs up.
        Manner::Silent => _ = stream.read(&mut [0]),
        Manner::HalfWay => {
            _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-le").and_then(|()| stream.flush())
        }
        Manner::Huge(sent) => {
            let _ = write!(stream, "HTTP/1.1 500 Oh\r\ncontent-length: 10000000\r\n\r\n");
            while *sent.lock().unwrap() < 10_000_000 && stream.write_all(&[b'x'; 10_000]).is_ok() {
                *sent.lock().unwrap() += 10_000;
            }
        }
    }
}

fn read(stream: &mut BufReader<impl Read>) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        stream.read_line(&mut line).ok()?;
        let Some((name, says)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), says.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or("0", |(_, says)| says);
    let length = length.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Asked { path, headers, body: String::from_utf8(body).ok()? })
}
