//! How long the program takes from its start on an existing database until it answers, and how large it is.

use crate::server::{KEY, make, memory_of};
use crate::{Outcome, argument, table};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const GOAL: f64 = 300.0;
const LARGEST: u64 = 40;
const PATIENCE: Duration = Duration::from_secs(30);
const TIMES: usize = 5;

/// `PROGRAM [ACCOUNTS]`
pub(crate) fn measure(arguments: &[String]) -> Outcome {
    let program = arguments.first().ok_or("which program?")?;
    let accounts: u32 = argument(arguments, 1, 100_000)?;
    let folder = tempfile::tempdir()?;
    make(folder.path(), accounts, None)?;
    std::fs::write(folder.path().join("sealing.key"), KEY)?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        times.push(start(Path::new(program), folder.path())?);
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (median, memory) = times[TIMES / 2];
    let what = format!("start to serving, on a database with {accounts} accounts (median of {TIMES})");
    table::row(&what, &format!("{median:.0} ms"), "≤ 300 ms", median <= GOAL);
    table::note("memory of the server then", &format!("{memory} MB"));
    let size = std::fs::metadata(program)?.len();
    table::row(
        "size of the program",
        &format!("{:.1} MB", size as f64 / 1e6),
        "≤ 40 MB",
        size <= LARGEST * 1_000_000,
    );
    Ok(())
}

/// Milliseconds until it answers, and megabytes then.
fn start(program: &Path, folder: &Path) -> Outcome<(f64, u64)> {
    // A port that was free a moment ago; the program has to be told one.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let settings = folder.join("rollcall.yaml");
    std::fs::write(&settings, format!("server:\n  listen: {address}\n"))?;
    let began = Instant::now();
    let mut child = Ended(
        Command::new(program)
            .args(["--data".as_ref(), folder.as_os_str(), "serve".as_ref()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?,
    );
    loop {
        if is_healthy(address) {
            let time = began.elapsed().as_secs_f64() * 1e3;
            return Ok((time, memory_of(child.0.id())?.0));
        }
        if let Some(status) = child.0.try_wait()? {
            return Err(format!("the program ended with {status}").into());
        }
        if began.elapsed() > PATIENCE {
            return Err("the program does not answer".into());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(
            format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes(),
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// A process that ends with whoever started it.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
