// tokio.rs - echo servers on tokio, on its runtime of one thread, but for loops.
// SPDX-License-Identifier: MIT
//
// echo      bytes as they came
// loops N   echo, on its runtime of N threads
// messages  each message (its first two bytes are its size) is looked at; answers are gathered by a
//           BufWriter, and flushed when there is no other whole message

use std::io;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

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

async fn serve(case: String) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        if case == "messages" {
            tokio::spawn(messages(stream));
        } else {
            tokio::spawn(echo(stream));
        }
    }
}

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().collect();
    if words[1] == "--list" {
        println!("echo\nloops\nmessages");
        return Ok(());
    }
    let runtime = if words[1] == "loops" {
        Builder::new_multi_thread().worker_threads(words[2].parse().unwrap()).enable_all().build()?
    } else {
        Builder::new_current_thread().enable_all().build()?
    };
    runtime.block_on(serve(words[1].clone()))
}
