//! What is written, in which order, and what of it when the conversation ends: by a socket whose network takes something
//! when the test says so, and by a real one whose reader rests.

use std::sync::Mutex;
use std::time::Duration;

use futures_util::{Sink, Stream};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio::task::unconstrained;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::*;
use crate::protocol::RoomCode;
use crate::server::metrics::Metrics;
use crate::server::rooms::{Outlet, Said, outlet};
use crate::server::socket::{config, farewell};
use crate::server::wire::{Outflow, Wire};

/// A conversation over this socket, and the room's end of it.
fn conversation<S: Pipe>(socket: S, outflow: Outflow) -> (Box<Conversation<S>>, Outlet) {
    let line = Line::new(socket, outflow, Metrics::new());
    let (outlet, inbox) = outlet();
    let room = Arc::new(RoomHandle::of_nobody(RoomCode::from_number(5)));
    let member = "me".parse().unwrap();
    // No pings of its own: what is written is what the test has said.
    let never = Span::from_secs(1_000);
    let patience = Patience { keep_alive: never, timeout: never };
    let mut conversation = Conversation::new(line, Clock::start(None), room, member, inbox, patience);
    conversation.ping_at += never;
    (Box::new(conversation), outlet)
}

fn said(text: &str) -> Outgoing {
    Arc::new(Said { text: text.into(), flight: None })
}

fn tell(outlet: &Outlet, text: &str) {
    outlet.deliver(said(text)).expect("the outbox is not full");
}

/// What the network has got: everything that was handed to it, and how many more batches it takes.
struct Network {
    frames: Vec<Message>,
    takes: usize,
}

/// A socket whose network takes what is written when the test says so.
struct Slow {
    network: Arc<Mutex<Network>>,
    said: mpsc::UnboundedReceiver<Message>,
}

impl Stream for Slow {
    type Item = Result<Message, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.said.poll_recv(cx).map(|frame| frame.map(Ok))
    }
}

impl Sink<Message> for Slow {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(self: Pin<&mut Self>, frame: Message) -> Result<(), Error> {
        self.network.lock().unwrap().frames.push(frame);
        Ok(())
    }

    // Nobody is woken: the test takes the next step itself.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut network = self.network.lock().unwrap();
        if network.takes == 0 {
            return Poll::Pending;
        }
        network.takes -= 1;
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }
}

/// A member on a network that takes things when it is told to.
struct Stage {
    conversation: Box<Conversation<Slow>>,
    outlet: Outlet,
    network: Arc<Mutex<Network>>,
    member: mpsc::UnboundedSender<Message>,
    pings: u64,
}

impl Stage {
    fn new() -> Self {
        let network = Arc::new(Mutex::new(Network { frames: Vec::new(), takes: 0 }));
        let (member, said) = mpsc::unbounded_channel();
        let slow = Slow { network: network.clone(), said };
        let (conversation, outlet) = conversation(slow, Outflow::default());
        Self { conversation, outlet, network, member, pings: 0 }
    }

    /// The member asks what time it is.
    fn ping(&mut self) {
        self.pings += 1;
        let ping = json!({ "t": "TIME_PING", "clientNowMs": 1, "pingId": self.pings });
        self.member.send(Message::text(ping.to_string())).unwrap();
    }

    /// Does all that can be done before something new happens.
    fn settle(&mut self) {
        let mut alarm = pin!(sleep_until(self.conversation.wake_at()));
        while let Some(done) = unconstrained(self.conversation.step(alarm.as_mut())).now_or_never() {
            done.unwrap();
        }
    }

    /// The network takes so many batches, and holds what comes next.
    fn let_go(&mut self, batches: usize) {
        self.network.lock().unwrap().takes = batches;
        self.settle();
        self.network.lock().unwrap().takes = 0;
    }

    /// The messages as the other side puts them together.
    fn heard(&self) -> Vec<String> {
        let mut heard = Vec::new();
        let mut begun: Option<Vec<u8>> = None;
        for message in &self.network.lock().unwrap().frames {
            let Message::Frame(frame) = message else { continue };
            let begins = frame.header().opcode == OpCode::Data(Data::Text);
            assert_eq!(begins, begun.is_none(), "a message begins within another");
            let mut bytes = begun.take().unwrap_or_default();
            bytes.extend_from_slice(frame.payload());
            if frame.header().is_final {
                heard.push(String::from_utf8(bytes).unwrap());
            } else {
                begun = Some(bytes);
            }
        }
        assert!(begun.is_none(), "the last message has no end");
        heard
    }
}

/// What a message is, in short: the id of the ping that it answers, or its text.
fn name(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(message) if message["t"] == "TIME_PONG" => format!("pong {}", message["pingId"]),
        _ => text.to_owned(),
    }
}

fn names(heard: &[String]) -> Vec<String> {
    heard.iter().map(|text| name(text)).collect()
}

fn pongs(ids: std::ops::RangeInclusive<u64>) -> Vec<String> {
    ids.map(|id| format!("pong {id}")).collect()
}

#[tokio::test]
async fn answers_to_pings_that_fill_a_batch_cost_no_message() {
    let mut stage = Stage::new();
    tell(&stage.outlet, "first");
    stage.settle();
    for _ in 0..limits::PING_BURST {
        stage.ping();
    }
    tell(&stage.outlet, "second");
    tell(&stage.outlet, "third");
    stage.settle();
    stage.let_go(usize::MAX);
    let heard = stage.heard();
    let answers = &heard[1..heard.len() - 2];
    assert!(answers.iter().map(String::len).sum::<usize>() > BATCH_BYTES, "they fill more than a batch");
    let all = [vec!["first".to_owned()], pongs(1..=30), vec!["second".to_owned(), "third".to_owned()]];
    assert_eq!(names(&heard), all.concat());
}

#[tokio::test]
async fn a_message_that_was_taken_from_the_room_waits_behind_a_full_batch() {
    let mut stage = Stage::new();
    let now = stage.conversation.clock.now();
    for id in 1..=30 {
        stage.conversation.pings.take(crate::sync::time::LocalTime::ZERO, id, now);
    }
    stage.conversation.next = Some(said("taken"));
    tell(&stage.outlet, "waits");
    stage.conversation.write_batch().unwrap();
    assert!(stage.conversation.next.is_some(), "there was no room for it");
    stage.let_go(usize::MAX);
    let all = [pongs(1..=30), vec!["taken".to_owned(), "waits".to_owned()]];
    assert_eq!(names(&stage.heard()), all.concat());
}

#[tokio::test]
async fn nothing_is_said_between_the_pieces_of_a_message() {
    let mut stage = Stage::new();
    let large = "x".repeat(5 * BATCH_BYTES);
    tell(&stage.outlet, &large);
    tell(&stage.outlet, "behind it");
    stage.settle();
    // One ping while each piece is on its way, and what is no message of ours.
    for piece in 1..=5 {
        stage.ping();
        if piece < limits::BAD_FRAMES {
            stage.member.send(Message::text("{")).unwrap();
        }
        stage.settle();
        stage.let_go(1);
    }
    stage.let_go(usize::MAX);
    let heard = stage.heard();
    assert_eq!(heard[0], large, "whole, and in one");
    assert_eq!(names(&heard[1..6]), pongs(1..=5), "answers go before everything that waits");
    let told = heard[6..].iter().filter(|text| text.contains("bad-message")).count();
    assert_eq!((told, heard.last().map(String::as_str)), (4, Some("behind it")));
}

/// A reader that rests while this is on its way to it, and the room's end of its conversation.
async fn resting_reader(large: &str) -> (WebSocketStream<DuplexStream>, Outlet) {
    const NETWORK_BYTES: usize = 1024;
    let (theirs, ours) = tokio::io::duplex(NETWORK_BYTES);
    let wire = Wire::new(ours, PATIENCE, None);
    let outflow = wire.outflow();
    let socket = WebSocketStream::from_raw_socket(wire, Role::Server, Some(config())).await;
    let (conversation, outlet) = conversation(socket, outflow.clone());
    tokio::spawn(async move {
        let (line, why) = conversation.talk().await;
        farewell(line, why).await;
    });
    tell(&outlet, large);
    let full = async {
        while outflow.taken() < NETWORK_BYTES as u64 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, full).await.expect("it writes until the network is full");
    (WebSocketStream::from_raw_socket(theirs, Role::Client, None).await, outlet)
}

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn who_is_sent_away_in_the_midst_of_a_message_hears_the_rest_and_why() {
    let large = "x".repeat(10 * BATCH_BYTES);
    for reason in [CloseReason::Kicked, CloseReason::Restart, CloseReason::TooSlow, CloseReason::NoRoom] {
        let (mut reader, outlet) = resting_reader(&large).await;
        tell(&outlet, "too late");
        outlet.close(reason);
        let mut heard = Vec::new();
        while let Some(Ok(message)) = timeout(PATIENCE, reader.next()).await.expect("it is closed") {
            heard.push(message);
        }
        let [message, Message::Close(Some(why))] = &heard[..] else { panic!("{reason:?}: {heard:?}") };
        assert!(*message == Message::text(large.as_str()), "{reason:?}: another message was heard");
        assert_eq!(u16::from(why.code), reason.code());
    }
}

#[tokio::test]
async fn a_ping_in_the_midst_of_a_message_is_answered_within_it() {
    let large = "x".repeat(10 * BATCH_BYTES);
    let (mut reader, _outlet) = resting_reader(&large).await;
    reader.send(Message::Ping(Bytes::from_static(b"within"))).await.unwrap();
    for expected in [Message::Pong(Bytes::from_static(b"within")), Message::text(large.as_str())] {
        let heard = timeout(PATIENCE, reader.next()).await.expect("it is said").unwrap().unwrap();
        assert_eq!(heard, expected);
    }
}

#[tokio::test]
async fn who_asks_for_more_answers_than_may_wait_gets_them_all() {
    let mut stage = Stage::new();
    tell(&stage.outlet, "first");
    stage.settle();
    let questions = ANSWERS + 8;
    for _ in 0..questions {
        stage.member.send(Message::text(r#"{"t":"HELLO"}"#)).unwrap();
    }
    stage.settle();
    assert_eq!(stage.conversation.line.answers.len(), ANSWERS, "the rest is not read yet");
    stage.let_go(usize::MAX);
    let heard = stage.heard();
    assert_eq!(heard.iter().filter(|text| text.contains("HELLO was said already")).count(), questions);
}
