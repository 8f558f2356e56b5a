import Identity
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import HTTPServing

@Suite struct DirectRequestHandlerTests {
    private let post = "POST /direct HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"

    @Test func aReadStandsReadyUntilSomethingComesBehindARequestThatIsUnderWay() throws {
        let route = HeldRoute()
        let connection = try GuardedConnection(direct: route)
        func reads() -> Int {
            let before = connection.output.reads
            connection.channel.read()
            return connection.output.reads - before
        }
        try connection.send(self.post)
        #expect(reads() == 1)
        try connection.send(self.post)
        #expect(reads() == 0)
        #expect(route.served == 1)
        let before = connection.output.reads
        route.answer()
        #expect(route.served == 2)
        #expect(connection.output.reads == before)
        route.answer()
        #expect(connection.output.reads == before + 1)
        #expect(try connection.received().ranges(of: "HTTP/1.1 202 ").count == 2)
    }

    @Test func whatIsWrongBehindARequestThatIsUnderWayDoesNotTakeItsAnswer() throws {
        let route = HeldRoute()
        let connection = try GuardedConnection(direct: route)
        try connection.send(self.post)
        try connection.send("no request\r\n\r\n")
        #expect(connection.isOpen)
        #expect(connection.recorder.errors.isEmpty)
        route.answer()
        #expect(try connection.received().hasPrefix("HTTP/1.1 202 "))
        #expect(connection.recorder.errors.count == 1)
    }
}

/// Answers when it is told to.
private final class HeldRoute: DirectRoute {
    private let answers = Mutex<[EventLoopPromise<DirectAnswer>]>([])
    private let count = Mutex(0)

    let method = HTTPMethod.POST
    let path = "/direct"

    var served: Int { self.count.withLock { $0 } }

    func admit(_ head: HTTPRequestHead) -> DirectAdmission {
        .admitted(Caller(principal: .keyless, tenant: "t", isTenantNamed: true))
    }

    func serve(_ request: DirectRequest, answer: EventLoopPromise<DirectAnswer>) {
        self.count.withLock { $0 += 1 }
        self.answers.withLock { $0.append(answer) }
    }

    func refused(_ problem: ProblemError) {}

    func answer() {
        let answer = self.answers.withLock { $0.removeFirst() }
        answer.succeed(DirectAnswer(status: 202, headers: [:], body: ByteBuffer()))
    }
}
