import Foundation
import Logging
import Synchronization
import Testing

@testable import Observability

@Suite struct LogHandlerTests {
    /// Takes the lines that a handler writes.
    final class Lines: Sendable {
        private let written = Mutex<[[UInt8]]>([])
        var output: LogOutput { LogOutput { bytes in self.written.withLock { $0.append(Array(bytes)) } } }
        var texts: [String] { self.written.withLock { $0 }.map { String(decoding: $0, as: UTF8.self) } }
    }

    struct Fault: Error, CustomStringConvertible { let description: String }

    private static let nasty = [
        "plain", "", "quote \" backslash \\ slash /", "line\nfeed\r\n", "\u{0}\u{1}\u{1f}\u{7f}\u{9b}", "tab\t",
        "ünï 😀 \u{2028}\u{2029}", "{\"a\":1}", "\u{1b}[31mred", "\\u0041", "\u{fffd}\u{feff}", "\u{301}",
    ]

    @Test func everyLineIsOneJSONObjectWhateverIsLogged() throws {
        for text in Self.nasty {
            let lines = Lines()
            var logger = Logger(label: "l\(text)") { JSONLogHandler(label: $0, level: .trace, output: lines.output) }
            logger[metadataKey: text] = .string(text)
            logger.warning(
                "m\(text)", error: Fault(description: "e\(text)"),
                metadata: [
                    "nested": ["k\(text)": .string(text), "list": [.string(text), .stringConvertible(7), [:], []]]
                ])
            let line = try #require(lines.texts.first)
            #expect(lines.texts.count == 1)
            #expect(line.hasSuffix("}\n"))
            #expect(!line.dropLast().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x2028 })
            let object = try #require(
                JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object["level"] as? String == "warning")
            #expect(Self.scalars(object["logger"]) == Self.scalars("l\(text)"))
            #expect(Self.scalars(object["message"]) == Self.scalars("m\(text)"))
            #expect(Self.scalars(object["error"]) == Self.scalars("e\(text)"))
            let metadata = try #require(object["metadata"] as? [String: Any])
            #expect(Self.scalars(metadata[text]) == Self.scalars(text))
            let nested = try #require(metadata["nested"] as? [String: Any])
            #expect(Self.scalars(nested["k\(text)"]) == Self.scalars(text))
            let list = try #require(nested["list"] as? [Any])
            #expect(Self.scalars(list.first) == Self.scalars(text))
            #expect(list[1] as? String == "7")
        }
    }

    @Test func theTimeIsRFC3339() {
        #expect(LogLine.timestamp(seconds: 0, nanoseconds: 0) == "1970-01-01T00:00:00.000000Z")
        #expect(LogLine.timestamp(seconds: 951_827_696, nanoseconds: 7_008_009) == "2000-02-29T12:34:56.007008Z")
        #expect(LogLine.timestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999) == "9999-12-31T23:59:59.999999Z")
        #expect(LogLine.timestamp().utf8.count == 27)
    }

    @Test func secretsAreHiddenAtEveryDepthAndInBothForms() throws {
        let makers: [@Sendable (String, LogOutput) -> any LogHandler] = [
            { JSONLogHandler(label: $0, output: $1, redaction: LogRedaction(keys: ["Token", "authorization"])) },
            { TextLogHandler(label: $0, output: $1, redaction: LogRedaction(keys: ["Token", "authorization"])) },
        ]
        for make in makers {
            let lines = Lines()
            var logger = Logger(label: "test") { make($0, lines.output) }
            logger[metadataKey: "TOKEN"] = "s3cret"
            logger.info(
                "hello",
                metadata: [
                    "Authorization": ["deep": "s3cret"], "list": [["token": "s3cret"]], "shown": "visible",
                ])
            let line = try #require(lines.texts.first)
            #expect(!line.contains("s3cret"))
            #expect(line.contains("visible"))
            #expect(line.components(separatedBy: LogRedaction.replacement).count == 4)
        }
    }

    @Test func theStandardRedactionHidesWhatHoldsSecretsAndNothingElse() {
        let redaction = LogRedaction()
        for key in ["Authorization", "api_key", "PASSWORD", "secret"] { #expect(redaction.hides(key)) }
        for key in ["subscription", "partition", "reason", "error"] { #expect(!redaction.hides(key)) }
    }

    @Test func linesBelowTheLevelAreNotWrittenAndLaterMetadataCounts() throws {
        let lines = Lines()
        let provider = Logger.MetadataProvider { ["a": "provider", "b": "provider"] }
        var logger = Logger(label: "test") {
            JSONLogHandler(label: $0, level: .notice, output: lines.output, metadataProvider: provider)
        }
        logger[metadataKey: "a"] = "handler"
        logger[metadataKey: "topic"] = "events"
        logger.info("not written")
        logger.notice("written", metadata: ["b": "line", "offset": "7"])
        logger.logLevel = .debug
        logger.debug("written too")
        #expect(lines.texts.count == 2)
        let line = try #require(lines.texts.first)
        let expected = #""metadata":{"a":"provider","b":"line","offset":"7","topic":"events"}}"# + "\n"
        #expect(line.hasSuffix(expected), "\(line)")
    }

    @Test func aLineForPeopleIsOneLineWithoutControlCharacters() throws {
        let lines = Lines()
        let logger = Logger(label: "portarium") { TextLogHandler(label: $0, level: .trace, output: lines.output) }
        logger.warning(
            "forged\n10:00:00.000 info portarium: all is well\u{1b}[2J",
            metadata: ["k\n": "v w", "empty": "", "nested": ["b": ["x y", "z"], "a": "say \"hi\""], "plain": "p"])
        let line = try #require(lines.texts.first)
        #expect(
            line.dropFirst(12) == " warning portarium: forged\\n10:00:00.000 info portarium: all is well\\u{1b}[2J"
                + " empty=\"\" k\\n=\"v w\" nested={a=\"say \\\"hi\\\"\" b=[\"x y\" z]} plain=p\n")
        for text in Self.nasty {
            logger.info("\(text)", error: Fault(description: text), metadata: [text: [.string(text)]])
            let line = try #require(lines.texts.last)
            #expect(!line.dropLast().unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) })
        }
    }

    @Test func linesOfManyTasksNeverMix() async throws {
        let pipe = Pipe()
        let output = LogOutput(fileDescriptor: pipe.fileHandleForWriting.fileDescriptor)
        let long = String(repeating: "x", count: 3_000)
        async let read = Self.read(pipe.fileHandleForReading)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    let logger = Logger(label: "test") { JSONLogHandler(label: $0, output: output) }
                    for line in 0..<50 { logger.info("\(long)", metadata: ["id": "\(task)-\(line)"]) }
                }
            }
        }
        try pipe.fileHandleForWriting.close()
        let lines = await read.split(separator: "\n")
        #expect(lines.count == 400)
        var ids: Set<String> = []
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["message"] as? String == long)
            ids.insert((object?["metadata"] as? [String: Any])?["id"] as? String ?? "")
        }
        #expect(ids.count == 400)
    }

    private static func read(_ handle: FileHandle) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: String(decoding: handle.readDataToEndOfFile(), as: UTF8.self))
            }
        }
    }

    /// Texts are compared by their scalars: `==` takes canonically equal ones for the same.
    private static func scalars(_ text: Any?) -> [UInt32]? {
        (text as? String)?.unicodeScalars.map { $0.value }
    }
}
