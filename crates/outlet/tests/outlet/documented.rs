//! The example of docs/webhooks.md does what it says, in Python.

use jiff::Timestamp;
use rollcall_outlet::sign;
use secrecy::SecretString;
use std::process::Command;

const DOCUMENT: &str = include_str!("../../../../docs/webhooks.md");

/// What the example says of a signature, a body, a secret and a time.
fn says(header: &str, body: &str, secret: &str, now: i64) -> String {
    let example =
        DOCUMENT.split("```python\n").nth(1).expect("an example").split("```").next().expect("its end");
    let call = "import sys\nprint(is_from_rollcall(sys.argv[1], sys.argv[2].encode(), sys.argv[3], int(sys.argv[4])))\n";
    let now = now.to_string();
    let args = ["-c", &format!("{example}\n{call}"), header, body, secret, &now];
    let ended = Command::new("python3").args(args).output().expect("python3 runs");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_documented_check_takes_our_signatures_and_no_others() {
    let secret = |text: &str| SecretString::from(text.to_owned());
    let (at, body) = (Timestamp::from_second(1_764_050_000).unwrap(), "{\"words\":\"Tāne\"}");
    let header =
        sign([&secret("the new secret of it"), &secret("the old secret of it")], at, body.as_bytes());
    let now = at.as_second();
    assert_eq!(says(&header, body, "the new secret of it", now), "True");
    assert_eq!(says(&header, body, "the old secret of it", now + 300), "True");
    assert_eq!(says(&header, body, "another secret of it", now), "False");
    assert_eq!(says(&header, "{}", "the new secret of it", now), "False");
    assert_eq!(says(&header, body, "the new secret of it", now + 301), "False");
}
