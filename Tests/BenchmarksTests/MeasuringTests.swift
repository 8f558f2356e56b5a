import NIOCore
import Testing

@testable import Benchmarks

/// A measuring tool that counts wrong measures nothing.
struct MeasuringTests {
    @Test func loadAndSinkCountTheSame() async throws {
        try await CountingSink.with { sink in
            let load = LoadGenerator(
                port: sink.port, template: .single(type: "com.example.A.v1", dataBytes: 200, keys: 10))
            try await load.send(requests: 500, connections: 8)
            #expect(sink.count == 500)
            let rate = try await load.measure(seconds: 0.2, connections: 4)
            #expect(rate.requests > 0)
            #expect(sink.count >= 500 + rate.requests)
            try await load.shutdown()
        }
    }

    @Test func thePlainLoopSendsEveryRequestOnce() async throws {
        try await CountingSink.with { sink in
            try await PostLoop(port: sink.port, concurrency: 8, requests: 203, dataBytes: 300).run()
            #expect(sink.count == 203)
        }
    }

    @Test func aRefusedLoadIsAnError() async throws {
        try await CountingSink.with { sink in
            // A chunked request is what the sink cannot read: it hangs up.
            let text = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\nid: \(RequestTemplate.number)\r\n\r\n0\r\n\r\n"
            let load = LoadGenerator(
                port: sink.port, template: RequestTemplate(text: text, eventsPerRequest: 1, keys: 1))
            await #expect(throws: (any Error).self) { try await load.send(requests: 1, connections: 1) }
            try await load.shutdown()
        }
    }

    @Test func messagesAreFoundHoweverTheyAreCut() throws {
        let stream = "HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 204 No Content\r\n\r\n"
        for cut in 1..<stream.utf8.count {
            var buffer = ByteBuffer(bytes: stream.utf8.prefix(cut))
            var statuses: [Int] = []
            while let message = try HTTPMessageScanner.next(in: &buffer) { statuses.append(message.status) }
            buffer.writeBytes(stream.utf8.dropFirst(cut))
            while let message = try HTTPMessageScanner.next(in: &buffer) { statuses.append(message.status) }
            #expect(statuses == [202, 204], "cut at \(cut)")
            #expect(buffer.readableBytes == 0)
        }
    }

    @Test func numbersAndKeysAreWrittenIntoTheRequest() {
        let template = RequestTemplate(
            text: "\(RequestTemplate.number) \(RequestTemplate.key) \(RequestTemplate.number) \(RequestTemplate.key)",
            eventsPerRequest: 2, keys: 8)
        let request = template.request(firstNumber: 15, allocator: ByteBufferAllocator())
        #expect(String(buffer: request) == "000000000015 000007 000000000016 000000")
    }

    @Test func theBodyHasTheSizeItWasAskedFor() {
        #expect(RequestTemplate.data(300).utf8.count == 300)
        #expect(RequestTemplate.data(1_024).utf8.count == 1_024)
    }

    @Test func aRatioIsTheMedianOfItsRounds() {
        let result = BenchmarkResult.relative(
            "a", unit: "b", rounds: [(10, 100), (50, 100), (60, 100)], ratioMin: 0.5)
        #expect(result.ratio == 0.5)
        #expect(result.ok)
        #expect([4.0, 1.0, 3.0, 2.0].median == 2.5)
        #expect(!BenchmarkResult.atMost("a", unit: "MB", value: 151, required: 150).ok)
    }

    @Test func theTableKeepsItsColumns() {
        let table = BenchmarkReport(results: [
            .atLeast("short", unit: "x", value: 1, required: 2),
            .atLeast("much longer", unit: "y", value: 12_345, required: 2),
        ]).table
        #expect(Set(table.split(separator: "\n").map(\.count)).count == 1)
        #expect(table.contains("12345"))
    }
}
