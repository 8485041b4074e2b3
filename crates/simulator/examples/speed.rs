//! Figures of a simulated site: time to start, memory for each account, requests answered in a second.
//!
//! `cargo run --release -p rollcall-simulator --example speed -- 1000000`

use std::time::{Duration, Instant};

use rollcall_simulator::{Options, Simulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Connections that ask at the same time.
const CONNECTIONS: usize = 8;
const SPAN: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse())?;
    let before = resident_kilobytes();
    let began = Instant::now();
    let site = Simulator::start(Options::new("10.2", accounts, 1, Options::small().now)).await?;
    let memory = resident_kilobytes().saturating_sub(before);
    println!(
        "{accounts} accounts started in {:?}, {} bytes each",
        began.elapsed(),
        memory * 1024 / u64::from(accounts)
    );
    let began = Instant::now();
    site.reset();
    println!("reset in {:?}", began.elapsed());
    for (what, path) in [
        ("one account", "/rest/api/user?username=mkoval".to_owned()),
        ("page of 200 accounts", format!("/rest/api/user/list?limit=200&start={}", accounts / 2)),
        (
            "page of 200 active",
            format!("/rest/api/admin/users/list/active?expand=lastLogin&limit=200&start={}", accounts / 2),
        ),
    ] {
        let rate = ask(&site, &path).await?;
        println!("{what}: {rate:.0} requests a second");
    }
    let began = Instant::now();
    println!("journal of {} entries read in {:?}", site.journal().len(), began.elapsed());
    Ok(())
}

/// Requests a second over some connections.
async fn ask(site: &Simulator, path: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let address = site.url().replace("http://", "");
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", site.token());
    let began = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(converse(address.clone(), request.clone().into_bytes(), began)))
        .collect();
    let mut answered = 0;
    for task in tasks {
        answered += task.await??;
    }
    Ok(f64::from(answered) / began.elapsed().as_secs_f64())
}

async fn converse(address: String, request: Vec<u8>, began: Instant) -> std::io::Result<u32> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut buffer, mut answered) = (vec![0; 1 << 18], 0);
    while began.elapsed() < SPAN {
        stream.write_all(&request).await?;
        let mut filled = 0;
        loop {
            filled += stream.read(&mut buffer[filled..]).await?;
            if whole(&buffer[..filled]) {
                break;
            }
        }
        answered += 1;
    }
    Ok(answered)
}

/// Is the answer there with its whole body.
fn whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|part| part == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length
        .and_then(|text| text.trim().parse::<usize>().ok())
        .is_some_and(|length| answer.len() >= end + 4 + length)
}

fn resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}
