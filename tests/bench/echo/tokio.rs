// tokio.rs - echo servers on tokio, on its runtime of one thread.
// SPDX-License-Identifier: MIT
//
// echo      bytes as they came
// messages  each message (its first two bytes are its size) is looked at; answers are gathered by a
//           BufWriter, and flushed when there is no other whole message

use std::io;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::{TcpListener, TcpStream};

const BUFFER: usize = 16384;

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut bytes = vec![0; BUFFER];
    loop {
        let n = stream.read(&mut bytes).await?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&bytes[..n]).await?;
    }
}

async fn messages(mut stream: TcpStream) -> io::Result<()> {
    let (reading, writing) = stream.split();
    let mut reader = BufReader::with_capacity(BUFFER, reading);
    let mut writer = BufWriter::with_capacity(BUFFER, writing);
    let mut message = vec![0; 65536];
    loop {
        if reader.buffer().is_empty() {
            writer.flush().await?;
            if reader.fill_buf().await?.is_empty() {
                return Ok(());
            }
        }
        reader.read_exact(&mut message[..2]).await?;
        let size = usize::from(u16::from_le_bytes([message[0], message[1]]));
        reader.read_exact(&mut message[2..size]).await?;
        writer.write_all(&message[..size]).await?;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let case = std::env::args().nth(1).unwrap_or_default();
    if case == "--list" {
        println!("echo\nmessages");
        return Ok(());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        if case == "echo" {
            tokio::spawn(echo(stream));
        } else {
            tokio::spawn(messages(stream));
        }
    }
}
