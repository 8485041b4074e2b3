//! Syslog over real sockets.

use crate::receiver::{collect, tls};
use crate::record;
use rollcall_outlet::{OutletError, Syslog, SyslogForm, SyslogWay};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, UdpSocket};

fn syslog(port: u16, way: SyslogWay) -> Syslog {
    Syslog {
        host: "localhost".to_owned(),
        port,
        way,
        form: SyslogForm { facility: 13, host: "box".to_owned(), app: "rollcall".to_owned(), longest: 8192 },
        timeout: Duration::from_secs(20),
    }
}

/// Takes apart a stream of counted messages (RFC 6587 §3.4.1).
fn frames(mut bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let blank = bytes.iter().position(|b| *b == b' ').expect("a count");
        let count: usize = std::str::from_utf8(&bytes[..blank]).unwrap().parse().unwrap();
        let (message, rest) = bytes[blank + 1..].split_at(count);
        found.push(String::from_utf8(message.to_vec()).unwrap());
        bytes = rest;
    }
    found
}

#[tokio::test]
async fn each_record_is_one_datagram() {
    let receiver = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut outlet = syslog(receiver.local_addr().unwrap().port(), SyslogWay::Udp);
    outlet.host = "127.0.0.1".to_owned();
    outlet.tell(&[record(1), record(2)]).await.unwrap();
    let mut buffer = [0; 9000];
    for seq in 1..=2 {
        let count = receiver.recv(&mut buffer).await.unwrap();
        assert_eq!(std::str::from_utf8(&buffer[..count]).unwrap(), outlet.form.message(&record(seq)));
    }
}

#[tokio::test]
async fn records_arrive_over_tcp_and_over_tls() {
    let (authorities, acceptor) = tls(&["localhost"]);
    let (clear, mut heard) = collect(None).await;
    let (secret, mut heard_secretly) = collect(Some(acceptor)).await;
    let outlet = syslog(clear, SyslogWay::Tcp);
    outlet.tell(&[record(1), record(2)]).await.unwrap();
    let expected: Vec<_> = [1, 2].map(|seq| outlet.form.message(&record(seq))).to_vec();
    assert_eq!(frames(&heard.recv().await.unwrap()), expected);

    let outlet = syslog(secret, SyslogWay::Tls { authorities: Some(authorities) });
    outlet.tell(&[record(1), record(2)]).await.unwrap();
    assert_eq!(frames(&heard_secretly.recv().await.unwrap()), expected);
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_or_for_another_name_is_not_trusted() {
    let (_, acceptor) = tls(&["localhost"]);
    let (port, mut heard) = collect(Some(acceptor)).await;
    let error = syslog(port, SyslogWay::Tls { authorities: None }).tell(&[record(1)]).await.unwrap_err();
    assert!(error.to_string().contains("TLS handshake failed"), "{error}");

    let (authorities, acceptor) = tls(&["siem.example.org"]);
    let (other, _) = collect(Some(acceptor)).await;
    let outlet = syslog(other, SyslogWay::Tls { authorities: Some(authorities) });
    let error = outlet.tell(&[record(1)]).await.unwrap_err();
    assert!(error.to_string().contains("TLS handshake failed"), "{error}");
    assert!(heard.try_recv().is_err(), "nothing was said");

    let outlet = syslog(port, SyslogWay::Tls { authorities: Some(b"none".to_vec()) });
    assert!(matches!(outlet.tell(&[record(1)]).await, Err(OutletError::Authorities { .. })));
}

#[tokio::test]
async fn what_a_receiver_did_not_read_to_the_end_is_not_told() {
    // Nobody listens.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = syslog(port, SyslogWay::Tcp).tell(&[record(1)]).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("tcp://localhost:{port}: connecting failed")), "{error}");

    // Somebody takes the connection and never closes it.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let keeper = tokio::spawn(async move { listener.accept().await.unwrap() });
    let slow = Syslog { timeout: Duration::from_millis(300), ..syslog(port, SyslogWay::Tcp) };
    assert!(matches!(slow.tell(&[record(1)]).await, Err(OutletError::NotConfirmed { .. })));
    drop(keeper.await.unwrap());

    // Somebody breaks off without having read: the system says so by a reset.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut [0; 3]).await.unwrap();
        // Bytes are left in it.
        drop(stream);
    });
    let many: Vec<_> = (0..5000).map(record).collect();
    assert!(syslog(port, SyslogWay::Tcp).tell(&many).await.is_err());
}
