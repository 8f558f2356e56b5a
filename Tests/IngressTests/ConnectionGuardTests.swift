import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPServing

@Suite struct ConnectionGuardTests {
    private let get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n"

    @Test func headThatDripsEndsWithATimeoutAnswer() throws {
        let connection = try GuardedConnection()
        try connection.send("GET / HTTP/1.1\r\nx: ")
        try connection.drip("x", times: 60)
        let answer = try connection.received()
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(answer.contains("content-type: application/problem+json"))
        #expect(answer.contains("connection: close"))
        #expect(answer.contains(#""type":"urn:portarium:problem:request-timeout""#))
        #expect(answer.contains(#""detail":"the request did not come whole"#))
        #expect(connection.output.isEnded)
        #expect(connection.recorder.heads.isEmpty)
        connection.pass(.seconds(2))
        #expect(!connection.isOpen)
    }

    @Test func headThatComesWithinItsTimeIsRead() throws {
        let connection = try GuardedConnection()
        for character in self.get {
            try connection.send(String(character))
            connection.pass(.milliseconds(300))
        }
        #expect(connection.recorder.heads.count == 1)
        #expect(connection.recorder.ends == 1)
        #expect(try connection.received().isEmpty)
    }

    @Test func bodyThatDripsEndsWithATimeoutAnswer() throws {
        let connection = try GuardedConnection()
        try connection.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n")
        try connection.drip("b", times: 100)
        #expect(try connection.received().hasPrefix("HTTP/1.1 408 "))
        #expect(connection.recorder.body.readableBytes < 25)
        #expect(connection.recorder.ends == 0)
        connection.pass(.seconds(2))
        #expect(!connection.isOpen)
        #expect(connection.recorder.errors.contains { $0 as? HTTPParserError == .invalidEOFState })
    }

    @Test func bodyThatComesFastEnoughGetsMoreTime() throws {
        let connection = try GuardedConnection()
        try connection.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n")
        for _ in 0..<40 {
            try connection.send(String(repeating: "b", count: 125))
            connection.pass(.seconds(1))
        }
        #expect(connection.recorder.ends == 1)
        #expect(try connection.received().isEmpty)
    }

    @Test func noBodyGetsMoreThanTheLongestTime() throws {
        let connection = try GuardedConnection()
        try connection.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9999\r\n\r\n")
        for _ in 0..<70 where !connection.output.isEnded {
            try connection.send(String(repeating: "b", count: 125))
            connection.pass(.seconds(1))
        }
        #expect(try connection.received().hasPrefix("HTTP/1.1 408 "))
        #expect(connection.recorder.ends == 0)
    }

    @Test func bodyTimeoutInAnAnswerJustCloses() throws {
        let connection = try GuardedConnection()
        try connection.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n")
        try connection.channel.writeOutbound(
            HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        #expect(try connection.received().hasPrefix("HTTP/1.1 200 "))
        connection.pass(.seconds(20))
        #expect(!connection.isOpen)
        #expect(try connection.received().isEmpty)
    }

    @Test func aServerThatStopsEndsWhatHasNoCompleteRequestAtOnce() throws {
        let idle = try GuardedConnection()
        idle.stop()
        #expect(!idle.isOpen)
        let head = try GuardedConnection()
        try head.send("GET / HT")
        head.stop()
        #expect(!head.isOpen)
        let body = try GuardedConnection()
        try body.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\nabc")
        body.stop()
        let answer = try body.received()
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.contains("the server is shutting down"))
        #expect(body.output.isEnded)
        body.pass(.seconds(2))
        #expect(!body.isOpen)
    }

    @Test func aServerThatStopsLetsACompleteRequestFinishWithinALimit() throws {
        let answered = try GuardedConnection()
        try answered.send(self.get)
        answered.stop()
        answered.pass(.seconds(4))
        #expect(answered.isOpen)
        try answered.answer(.ok)
        #expect(try answered.received().contains("connection: close"))
        #expect(answered.output.isEnded)
        let stuck = try GuardedConnection()
        try stuck.send(self.get)
        stuck.stop()
        stuck.pass(.seconds(5))
        #expect(!stuck.isOpen)
    }

    @Test func idleConnectionIsClosedWithoutAWord() throws {
        let connection = try GuardedConnection()
        connection.pass(.seconds(74))
        #expect(connection.isOpen)
        connection.pass(.seconds(1))
        #expect(!connection.isOpen)
        #expect(try connection.received().isEmpty)
    }

    @Test func idleTimeStartsAgainWithEveryAnswer() throws {
        let connection = try GuardedConnection()
        for _ in 0..<5 {
            connection.pass(.seconds(60))
            try connection.send(self.get)
            try connection.answer(.ok)
        }
        #expect(connection.isOpen)
        connection.pass(.seconds(75))
        #expect(!connection.isOpen)
    }

    @Test func noClockRunsWhileWeOweAnAnswer() throws {
        let connection = try GuardedConnection()
        try connection.send(self.get)
        try connection.send("GET /next HT")
        connection.pass(.hours(1))
        #expect(connection.isOpen)
        try connection.answer(.ok)
        try connection.send("TP/1.1\r\nhost: x\r\n\r\n")
        #expect(connection.recorder.heads.map(\.uri) == ["/", "/next"])
        #expect(try connection.received().hasPrefix("HTTP/1.1 200 "))
    }

    @Test func pipelinedHeadThatDripsIsTimedFromTheAnswerOn() throws {
        let connection = try GuardedConnection()
        try connection.send(self.get)
        try connection.send("G")
        connection.pass(.seconds(30))
        try connection.answer(.ok)
        _ = try connection.received()
        connection.pass(.seconds(9))
        #expect(try connection.received().isEmpty)
        connection.pass(.seconds(1))
        #expect(try connection.received().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func headOverItsLimitIsRefusedAndTheRestThrownAway() throws {
        let connection = try GuardedConnection()
        try connection.send("GET / HTTP/1.1\r\n")
        for index in 0..<10_000 where connection.isOpen {
            try connection.send("x-header-\(index): \(String(repeating: "v", count: 100))\r\n")
        }
        let answer = try connection.received()
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
        #expect(answer.contains("urn:portarium:problem:head-too-large"))
        #expect(answer.contains(#""detail":"the request line and the headers have more than 2048 bytes""#))
        #expect(connection.recorder.heads.isEmpty)
    }

    @Test(arguments: [
        "NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nbad header\r\n\r\n", "GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        "\u{0}\u{0}\u{0}\u{0}", "POST / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc",
    ])
    func malformedHeadIsRefusedWithAProblem(text: String) throws {
        let connection = try GuardedConnection()
        try? connection.send(text)
        let answer = try connection.received()
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("urn:portarium:problem:invalid-request"))
        #expect(connection.output.isEnded)
    }

    @Test func answerBeforeTheEndOfABodyEndsTheConnection() throws {
        let connection = try GuardedConnection()
        try connection.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\nfirst")
        try connection.answer(.payloadTooLarge)
        let answer = try connection.received()
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.contains("connection: close"))
        #expect(connection.output.isEnded)
        let read = connection.recorder.body.readableBytes
        try connection.send(String(repeating: "b", count: 100_000))
        #expect(connection.recorder.body.readableBytes == read)
        connection.pass(.seconds(2))
        #expect(!connection.isOpen)
    }

    @Test func answerAfterTheEndOfABodyKeepsTheConnection() throws {
        let connection = try GuardedConnection()
        try connection.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nfirst")
        try connection.answer(.badRequest)
        #expect(try !connection.received().contains("connection: close"))
        #expect(!connection.output.isEnded)
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nconnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"])
    func connectionEndsAfterTheAnswerWhereTheClientSaysSo(request: String) throws {
        let connection = try GuardedConnection()
        try connection.send(request)
        #expect(!connection.output.isEnded)
        try connection.answer(.ok)
        #expect(try connection.received().contains("connection: close"))
        #expect(connection.output.isEnded)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!connection.isOpen)
    }

    @Test func continueIsSentForABodyWithinTheLimit() throws {
        let connection = try GuardedConnection()
        try connection.send("POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 10000\r\n\r\n")
        #expect(try connection.received().hasPrefix("HTTP/1.1 100 "))
        try connection.send(String(repeating: "b", count: 10_000))
        #expect(connection.recorder.ends == 1)
        try connection.answer(.ok)
        #expect(try connection.received().hasPrefix("HTTP/1.1 200 "))
        #expect(!connection.output.isEnded)
    }

    @Test func continueIsNotSentForABodyOverTheLimit() throws {
        let connection = try GuardedConnection()
        try connection.send("POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 10001\r\n\r\n")
        #expect(try connection.received().isEmpty)
    }

    @Test func clientThatDoesNotTakeItsAnswerIsCutOff() throws {
        let connection = try GuardedConnection()
        try connection.send(self.get)
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.pass(.seconds(29))
        #expect(connection.isOpen)
        connection.pass(.seconds(1))
        #expect(!connection.isOpen)
    }

    @Test func clientThatTakesItsAnswerSlowlyIsNot() throws {
        let connection = try GuardedConnection()
        try connection.send(self.get)
        for _ in 0..<10 {
            connection.channel.isWritable = false
            connection.channel.pipeline.fireChannelWritabilityChanged()
            connection.pass(.seconds(20))
            connection.channel.isWritable = true
            connection.channel.pipeline.fireChannelWritabilityChanged()
        }
        #expect(connection.isOpen)
    }

    @Test func bodyThatBreaksOffIsAnErrorForItsReader() throws {
        let connection = try GuardedConnection()
        try connection.send("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        connection.channel.close(promise: nil)
        #expect(!connection.recorder.errors.isEmpty)
        #expect(connection.recorder.ends == 0)
    }

    @Test func requestBeingAnsweredHasNoDeadline() {
        var guardian = ConnectionGuard(limits: GuardedConnection.limits, now: .uptimeNanoseconds(0))
        let first = guardian.deadline
        for second in 1...50 {
            let now = NIODeadline.uptimeNanoseconds(UInt64(second) * 1_000_000_000)
            let action = guardian.bytesArrived(300, now: now)
            #expect(action == .forward)
            _ = guardian.headRead(keepAlive: true, expectsContinue: false, announcedBytes: 100, now: now)
            guardian.requestRead(now: now)
            #expect(guardian.deadline == nil)
            let closesWithHead = guardian.answerStarted(keepAlive: true)
            #expect(!closesWithHead)
            let closes = guardian.answerEnded(now: now)
            #expect(!closes)
            #expect(guardian.deadline.map { $0 > now } == true)
        }
        #expect(guardian.deadline != first)
    }
}
