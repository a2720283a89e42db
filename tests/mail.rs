//! Mail over a real SMTP conversation: one recipient a message, the link on a line of its own, nothing left behind.

use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Database, Program, between, issued};

/// What a mail server was told: envelope lines and the message.
type Heard = Arc<Mutex<Vec<(Vec<String>, String)>>>;

async fn converse(stream: TcpStream, heard: Heard) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let mut envelope = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        match line.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" | "HELO" => stream.write_all(b"250 sink\r\n").await?,
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut message = String::new();
                while !message.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut message).await? == 0 {
                        return Ok(());
                    }
                }
                heard.lock().unwrap().push((std::mem::take(&mut envelope), message));
                stream.write_all(b"250 kept\r\n").await?;
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => {
                envelope.push(line);
                stream.write_all(b"250 ok\r\n").await?;
            }
        }
    }
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_reaches_its_addressee_once() {
    let program = Program::start(Database::Sqlite).await;
    let (case, link) = issued(&program).await;
    let heard = Heard::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sink = listener.local_addr().unwrap();
    let kept = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&kept)));
        }
    });
    // The program as it runs in earnest, a second process on the same database.
    let child = Command::new(env!("CARGO_BIN_EXE_tokki"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--public-url",
            "http://127.0.0.1",
            "--mail-from",
            "joho@town.example.jp",
        ])
        .args(["--smtp-url", &format!("smtp://{sink}"), "--data-dir"])
        .arg(&program.folder)
        .env_remove("DATABASE_URL")
        .env("TOKKI_LOG", "debug")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut server = Server(child.unwrap());
    for _ in 0..150 {
        if !heard.lock().unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Twice its pause: a second delivery would have come.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let messages = heard.lock().unwrap().clone();
    assert_eq!(messages.len(), 1, "{messages:?}");
    let (envelope, message) = &messages[0];
    let recipients: Vec<&String> = envelope.iter().filter(|line| line.starts_with("RCPT")).collect();
    assert_eq!(recipients, ["RCPT TO:<print@vendor.example.jp>"]);
    let header = message.split("\r\n\r\n").next().unwrap();
    assert!(header.contains("Message-ID: <") && header.contains("@town.example.jp>"), "{header}");
    assert!(!header.contains(link.trim_start_matches("/i/")), "no token in a header");
    assert!(!header.to_lowercase().contains("bcc:"));
    // Delivered: the text with the link is gone from the database, and staff see when it left.
    let tanto = program.signed_in("tanto").await;
    let hub = tanto.get(&format!("/cases/{case}")).await.page();
    let page =
        format!("/cases/{case}/assessments/{}/invitation", between(&hub, "/assessments/", "/invitation"));
    let page = tanto.get(&page).await.page();
    assert!(page.contains("メールを送信しました") && !page.contains("/i/"), "{page}");
    // The log says what happened and never with which token.
    let _ = server.0.kill();
    let mut log = String::new();
    use std::io::Read;
    server.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(!log.contains(link.trim_start_matches("/i/")));
}

/// What a mail program shows of a body in base64; what is no letter of it is skipped.
fn text_of_base64(body: &str) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<usize> = body.chars().filter_map(|c| LETTERS.find(c)).collect();
    let bytes = bits.chunks(4).flat_map(|four| {
        let number = four.iter().fold(0, |number, bits| number << 6 | bits) << (6 * (4 - four.len()));
        let count = four.len() - 1;
        [number >> 16, number >> 8, number]
            .map(|byte| u8::try_from(byte & 0xff).unwrap())
            .into_iter()
            .take(count)
    });
    String::from_utf8(bytes.collect()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_code_nor_token_is_logged() {
    let program = Program::start(Database::Sqlite).await;
    let (_, link) = issued(&program).await;
    let heard = Heard::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sink = listener.local_addr().unwrap();
    let kept = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&kept)));
        }
    });
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_tokki"))
        .args(["serve", "--listen", &address.to_string(), "--mail-from", "joho@town.example.jp"])
        .args(["--smtp-url", &format!("smtp://{sink}"), "--data-dir"])
        .arg(&program.folder)
        .env_remove("DATABASE_URL")
        .env("TOKKI_LOG", "debug")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut server = Server(child.unwrap());
    let mut browser = program.browser();
    browser.base = format!("http://{address}");
    for _ in 0..150 {
        if TcpStream::connect(address).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    browser.post(&link, &[]).await.sent_to();
    browser.post(&link, &[]).await.page();
    let mut code = String::new();
    for _ in 0..150 {
        let messages = heard.lock().unwrap().clone();
        let bodies = messages.iter().map(|(_, message)| {
            assert!(message.contains("Content-Transfer-Encoding: base64"), "{message}");
            text_of_base64(message.split_once("\r\n\r\n").unwrap().1)
        });
        if let Some(body) = bodies.into_iter().find(|body| body.contains("確認コード　")) {
            code = between(&body, "確認コード　", "\n").trim().to_owned();
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(code.len(), 6, "{code}");
    let path = format!("{link}/code");
    browser.post(&path, &[("code", "000000")]).await;
    assert_eq!(browser.post(&path, &[("code", &code)]).await.sent_to(), "/v");
    let _ = server.0.kill();
    let mut log = String::new();
    use std::io::Read;
    server.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("/i/…"), "{log}");
    assert!(!log.contains(link.trim_start_matches("/i/")), "{log}");
    let written = log.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == code);
    assert!(!written, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_ends_is_ended() {
    use tokio::io::AsyncReadExt;
    let program = Program::start(Database::Sqlite).await;
    let address = program.base.trim_start_matches("http://").to_owned();
    for start in [
        "GET / HTTP/1.1\r\nHost: x\r\n",
        "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nname=",
    ] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        let began = std::time::Instant::now();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(40), stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "still open after {:?}", began.elapsed());
    }
}
