//! What systemd is told of a service (`sd_notify`): that it is ready, that it is alive, that it stops. Without systemd nothing is told.

use std::time::Duration;

/// Tells systemd, if it listens. A state that does not reach it is no reason to stop.
fn tell(state: &str) {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(%error, "systemd was not told {state}");
    }
}

#[cfg(unix)]
fn send(socket: &std::ffi::OsStr, state: &str) -> std::io::Result<()> {
    use std::os::unix::net::UnixDatagram;
    let from = UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    if let Some(name) = socket.to_str().and_then(|name| name.strip_prefix('@')) {
        use std::os::linux::net::SocketAddrExt;
        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        return from.send_to_addr(state.as_bytes(), &address).map(drop);
    }
    from.send_to(state.as_bytes(), socket).map(drop)
}

#[cfg(not(unix))]
fn send(_: &std::ffi::OsStr, _: &str) -> std::io::Result<()> {
    Ok(())
}

/// The service answers from now on.
pub(crate) fn ready(status: &str) {
    tell(&format!("READY=1\nSTATUS={}", rollcall_model::plain(status)));
}

/// It has begun to stop.
pub(crate) fn stopping() {
    tell("STOPPING=1\nSTATUS=finishing what is under way");
}

/// How often systemd wants to hear that this process lives; half of what it allows.
fn interval() -> Option<Duration> {
    let variable = |name: &str| std::env::var(name).ok();
    if variable("WATCHDOG_PID").is_some_and(|pid| pid != std::process::id().to_string()) {
        return None;
    }
    let micros: u64 = variable("WATCHDOG_USEC")?.parse().ok()?;
    Some(Duration::from_micros(micros / 2)).filter(|half| !half.is_zero())
}

/// Says so for as long as the threads of this process get round to it. Never ends.
pub(crate) async fn stay_alive() {
    let Some(every) = interval() else { return std::future::pending().await };
    let mut beat = tokio::time::interval(every);
    loop {
        beat.tick().await;
        tell("WATCHDOG=1");
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::send;
    use std::os::unix::net::UnixDatagram;

    #[test]
    fn what_is_told_arrives_as_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let systemd = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str(), "READY=1\nSTATUS=listening").unwrap();
        let mut told = [0; 64];
        let length = systemd.recv(&mut told).unwrap();
        assert_eq!(&told[..length], b"READY=1\nSTATUS=listening");
        assert!(send(folder.path().as_os_str(), "READY=1").is_err());
    }
}
