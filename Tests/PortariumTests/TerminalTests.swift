import Testing

@testable import Portarium

/// What people see.
struct TerminalTests {
    @Test func tableIsAlignedWithNumbersOnTheRight() {
        var table = TextTable([.text("ID"), .number("LAG"), .text("SINK")])
        table.add(["audit", "5", "https://a"])
        table.add(["b", "12345", ""])
        table.add(["c"])
        #expect(
            table.rendered() == """
                ID       LAG  SINK
                audit      5  https://a
                b      12345
                c
                """)
    }

    @Test func tableCountsColumnsNotCharacters() {
        var table = TextTable([.text("A"), .text("B")])
        table.add(["日本", "x"])
        table.add(["e\u{301}a", "y"])
        #expect(table.rendered() == "A     B\n日本  x\ne\u{301}a    y")
    }

    @Test func lastColumnIsClippedToTheWindow() {
        var table = TextTable([.text("ID"), .text("TEXT")])
        table.add(["a", String(repeating: "x", count: 50)])
        let lines = table.rendered(columns: 20).split(separator: "\n")
        #expect(TerminalText.width(String(lines[1])) == 20)
        #expect(lines[1].hasSuffix("…"))
        #expect(!table.rendered().contains("…"))
    }

    @Test func nothingFromOutsideSteersTheTerminal() {
        #expect(TerminalText.safe("a\u{1B}[31mb\nc\u{9B}d\u{202E}e") == "a\\u{1b}[31mb\\u{a}c\\u{9b}d\\u{202e}e")
        #expect(TerminalText.safe("ü日🎉") == "ü日🎉")
        var table = TextTable([.text("A")])
        table.add(["\u{1B}]0;title\u{7}"])
        #expect(!table.rendered().contains("\u{1B}"))
    }

    @Test func clippingKeepsWideCharactersWhole() {
        #expect(TerminalText.clipped("日本語", to: 4) == "日…")
        #expect(TerminalText.clipped("abc", to: 3) == "abc")
        #expect(TerminalText.clipped("abc", to: 0) == "")
    }

    @Test func progressShowsABarWhereTheEndIsKnown() {
        let text = ProgressLine.text(
            fraction: 0.5, done: 1_200, unit: "events", failed: 3, elapsed: .seconds(3), columns: 80)
        #expect(text == "[############------------] 50%  1200 events  400/s  3 failed")
        let open = ProgressLine.text(
            fraction: nil, done: 7, unit: "events", failed: 0, elapsed: .zero, columns: 80)
        #expect(open == "[####--------------------]  7 events")
        let later = ProgressLine.text(
            fraction: nil, done: 7, unit: "events", failed: 0, elapsed: .seconds(3), columns: 80)
        #expect(later == "[----------####----------]  7 events  2/s")
    }

    @Test func manyFilteredSubscriptionsAreOneLine() throws {
        let filtered = (1...4).map { #"{"id":"f\#($0)","state":"filtered","reason":"no","attempts":[]}"# }
        let text =
            #"{"event":{"id":"7","type":"t"},"subscriptions":["#
            + (filtered + [#"{"id":"a","state":"delivered","reason":"","attempts":[]}"#]).joined(separator: ",") + "]}"
        let trace = try #require(JSONValue(parsing: text.utf8))
        #expect(
            TraceTree.rendered(trace) == """
                7  t
                ├─ ✔ a  delivered
                └─ – 4 filtered  (--all shows them)
                """)
        #expect(TraceTree.rendered(trace, showsAll: true).contains("– f3  filtered  (no)"))
    }

    @Test func traceIsATree() throws {
        let trace = try #require(
            JSONValue(
                parsing: """
                    {"event":{"id":"7","type":"t","source":"/s"},"position":{"topic":"runs","partition":3,"offset":42},
                     "subscriptions":[
                      {"id":"a","matched":true,"reason":"type is t","state":"dead-lettered","attempts":[
                        {"at":"2026-01-01T00:00:00Z","status":500,"error":null,"durationMs":12},
                        {"at":"2026-01-01T00:00:01Z","status":null,"error":"refused\\u001b[2J","durationMs":1}]},
                      {"id":"b","matched":false,"reason":"","state":"filtered","attempts":[]}]}
                    """.utf8))
        #expect(
            TraceTree.rendered(trace) == """
                7  t
                ├─ source: /s
                ├─ stored at runs/3@42
                ├─ ✘ a  dead-lettered  (type is t)
                │  ├─ attempt 1  2026-01-01T00:00:00Z  HTTP 500  12 ms
                │  └─ attempt 2  2026-01-01T00:00:01Z  1 ms  refused\\u{1b}[2J
                └─ – b  filtered
                """)
    }

    @Test func spellingFindsWhatWasMeant() {
        #expect(Spelling.nearest(to: "inof", in: ["trace", "info"]) == "info")
        #expect(Spelling.nearest(to: "LISTENPORT", in: ["listenPort", "listenHost"]) == "listenPort")
        #expect(Spelling.nearest(to: "zebra", in: ["server", "log"]) == nil)
    }

    @Test func timesAreTimestampsOrAges() {
        let now: Int64 = 1_000_000_000_000
        #expect(TimeArgument.timestamp("2026-11-23T10:20:30Z", nowMilliseconds: now) == "2026-11-23T10:20:30Z")
        #expect(TimeArgument.timestamp("15m", nowMilliseconds: now) == "2001-09-09T01:31:40.000Z")
        #expect(TimeArgument.timestamp("1d", nowMilliseconds: now) == "2001-09-08T01:46:40.000Z")
        for bad in ["", "m", "-5m", "5", "5w", "yesterday", "99999999999999999d"] {
            #expect(TimeArgument.timestamp(bad, nowMilliseconds: now) == nil, "\(bad)")
        }
    }
}
