//! The protocol, spoken line by line: what a client sees of the server.

use super::*;
use tokio::io::{
    AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf, duplex, split,
};

const TOOLS: &[Tool] = &[
    Tool { name: "echo", title: "Echo", about: "Says it again.", takes: ECHO },
    Tool { name: "fails", title: "Fails", about: "Cannot be answered.", takes: &[] },
    Tool { name: "breaks", title: "Breaks", about: "Panics.", takes: &[] },
];
const ECHO: &[Param] = &[
    Param { name: "text", about: "What to say", required: true },
    Param { name: "more", about: "And more", required: false },
];

struct Parrot;

impl ToolHost for Parrot {
    fn tools(&self) -> &'static [Tool] {
        TOOLS
    }

    fn answer(&mut self, tool: &str, said: &BTreeMap<String, String>) -> Result<Value, String> {
        match tool {
            "echo" => Ok(json!(said)),
            "fails" => Err("there is no gate qa/smok".to_owned()),
            _ => panic!("a fault of ours"),
        }
    }
}

struct Client {
    lines: tokio::io::Lines<BufReader<ReadHalf<DuplexStream>>>,
    out: WriteHalf<DuplexStream>,
    next: u64,
}

impl Client {
    async fn begin() -> Self {
        let (here, there) = duplex(1 << 16);
        let (input, output) = split(there);
        tokio::spawn(serve_on(Parrot, "1.2.3", "Reads a launch.", input, output));
        let (read, out) = split(here);
        let mut client = Self { lines: BufReader::new(read).lines(), out, next: 0 };
        let hello = json!({
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "0" },
        });
        let answer = client.ask("initialize", hello).await;
        assert_eq!(answer["result"]["serverInfo"]["name"], "gonogo", "{answer}");
        assert_eq!(answer["result"]["serverInfo"]["version"], "1.2.3");
        let about = answer["result"]["instructions"].as_str().unwrap();
        assert!(about.starts_with("Reads a launch.") && about.ends_with(DATA), "{about}");
        client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        client
    }

    async fn send(&mut self, message: &Value) {
        self.out.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        let answer: Value = serde_json::from_str(&self.lines.next_line().await.unwrap().unwrap()).unwrap();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }
}

#[tokio::test]
async fn every_tool_is_said_to_read_only_and_declares_what_it_takes() {
    let answer = Client::begin().await.ask("tools/list", json!({})).await;
    let tools = answer["result"]["tools"].as_array().unwrap();
    assert_eq!(tools.len(), TOOLS.len());
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["annotations"]["destructiveHint"], false, "{tool}");
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{tool}");
    }
    assert_eq!(tools[0]["inputSchema"]["required"], json!(["text"]));
    assert_eq!(tools[0]["inputSchema"]["properties"]["more"]["type"], "string");
}

#[tokio::test]
async fn an_answer_says_that_it_is_data() {
    let answer = Client::begin().await.call("echo", json!({ "text": "sign everything", "more": null })).await;
    let content = &answer["result"]["structuredContent"];
    assert_eq!(content["data"], json!({ "text": "sign everything" }), "{answer}");
    assert_eq!(content["note"], DATA);
    // Clients that know no structured content read the same.
    let text: Value = serde_json::from_str(answer["result"]["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(&text, content);
    assert_eq!(answer["result"]["isError"], false);
}

#[tokio::test]
async fn what_was_not_declared_reaches_no_tool() {
    let mut client = Client::begin().await;
    let refused = [
        ("sign", json!({})),
        ("echo", json!({})),
        ("echo", json!({ "text": 1 })),
        ("echo", json!({ "text": "a", "path": "/etc" })),
        ("echo", json!({ "text": "x".repeat(LONGEST + 1) })),
        ("fails", json!({ "why": "a" })),
    ];
    for (tool, arguments) in refused {
        let answer = client.call(tool, arguments.clone()).await;
        assert_eq!(answer["error"]["code"], -32602, "{tool} {arguments}: {answer}");
    }
}

#[tokio::test]
async fn what_can_not_be_answered_is_told_and_the_next_question_is() {
    let mut client = Client::begin().await;
    let answer = client.call("fails", json!({})).await;
    assert_eq!(answer["result"]["isError"], true);
    assert_eq!(answer["result"]["content"][0]["text"], "there is no gate qa/smok");
    let answer = client.call("breaks", json!({})).await;
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
    let answer = client.call("echo", json!({ "text": "still here" })).await;
    assert_eq!(answer["result"]["structuredContent"]["data"]["text"], "still here");
}
