import Delivery
import NIOCore
import NetworkGuard
import ProcessKit
import RouterTestKit
import Subscriptions
import Synchronization
import Testing

@testable import HTTPEventSink

/// What is sent to which addresses. `localhost` is the name here: every system's resolver knows it.
@Suite struct HTTPEventSinkAddressesTests {
    private static let refused = "the sink's address is not allowed: it is"

    @Test(arguments: ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "localhost", "localhost."])
    func anAddressThatIsNotAllowedGetsNoConnection(host: String) async throws {
        try await ByteListener.with(host: "127.0.0.1") { listener in
            let world = AddressWorld(allowing: ["10.0.0.0/8"])
            let report = await world.send(to: "http://\(host):\(listener.port)/")
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            #expect(report.status == nil)
            #expect(report.error == "\(Self.refused) a loopback address")
            #expect(listener.connections == 0)
            #expect(world.refusals.map(\.addressClass) == [.loopback])
            await world.sink.shutdown()
        }
    }

    @Test func anAllowedAddressIsSentTo() async throws {
        try await LoopbackSink.withSink { server in
            let world = AddressWorld(allowing: ["127.0.0.1"])
            #expect(await world.send(to: server.url()).meaning == .delivered)
            #expect(await world.send(to: "http://localhost:\(server.port)/").meaning == .delivered)
            #expect(world.refusals.isEmpty)
            await world.sink.shutdown()
        }
    }

    @Test func aNameOneOfWhoseAddressesIsNotAllowedGetsNoConnection() async throws {
        try await ByteListener.with(host: "127.0.0.1") { listener in
            let world = AddressWorld(allowing: ["127.0.0.1"], lookup: .fixed(["127.0.0.1", "10.0.0.5"]))
            let report = await world.send(to: "http://localhost:\(listener.port)/")
            #expect(report.meaning == .retry(afterMilliseconds: nil))
            // Which address it was is the operator's to know.
            #expect(report.error == "\(Self.refused) a private address")
            #expect(world.refusals == [AddressRefusal(.private, address: IPAddress("10.0.0.5"))])
            #expect(listener.connections == 0)
            await world.sink.shutdown()
        }
    }

    /// The name means an allowed address when it is looked at, and another when the client connects.
    @Test func aNameThatMeansAnotherAddressByTheTimeOfTheConnectionGetsNoByte() async throws {
        try await ByteListener.with(host: "127.0.0.1") { listener in
            let world = AddressWorld(allowing: ["::1"], lookup: .fixed(["::1"]))
            for _ in 0..<3 {
                let report = await world.send(to: "http://localhost:\(listener.port)/")
                #expect(report.meaning == .retry(afterMilliseconds: nil))
                #expect(report.error == "\(Self.refused) a loopback address")
            }
            try await eventually("a connection") { listener.connections > 0 }
            #expect(world.refusals.map(\.address) == Array(repeating: IPAddress("127.0.0.1"), count: 3))
            try await eventually("closed connections") { listener.openConnections == 0 }
            #expect(listener.bytes.isEmpty)
            await world.sink.shutdown()
        }
    }

    @Test func manyAttemptsAtOnceOnSuchANameAreAllRefused() async throws {
        try await ByteListener.with(host: "127.0.0.1") { listener in
            let world = AddressWorld(allowing: ["::1"], lookup: .fixed(["::1"]))
            let url = "http://localhost:\(listener.port)/"
            await withTaskGroup(of: AttemptReport.self) { group in
                for _ in 0..<200 { group.addTask { await world.send(to: url) } }
                for await report in group { #expect(report.error == "\(Self.refused) a loopback address") }
            }
            try await eventually("closed connections") { listener.openConnections == 0 }
            #expect(listener.bytes.isEmpty)
            #expect(world.refusals.count == 200)
            await world.sink.shutdown()
        }
    }

    @Test func theSinkShutsDownWhileConnectionsAreRefused() async throws {
        try await ByteListener.with(host: "127.0.0.1") { listener in
            for pause in 0..<20 {
                let world = AddressWorld(allowing: ["::1"], lookup: .fixed(["::1"]))
                let url = "http://localhost:\(listener.port)/"
                await withTaskGroup(of: AttemptReport.self) { group in
                    for _ in 0..<20 { group.addTask { await world.send(to: url) } }
                    try? await Task.sleep(for: .microseconds(100 * pause))
                    await world.sink.shutdown()
                    for await report in group {
                        #expect(report.meaning == .retry(afterMilliseconds: nil))
                        // None waits for its time to be over.
                        #expect(report.durationMilliseconds < 30_000)
                    }
                }
            }
            try await eventually("closed connections") { listener.openConnections == 0 }
            #expect(listener.bytes.isEmpty)
        }
    }

    /// Whether somebody listens where nothing may be sent would tell of the network.
    @Test func aRefusedAddressIsToldTheSameWayWhereNobodyListens() async throws {
        let port = try await freePort()
        let world = AddressWorld(allowing: ["10.0.0.0/8", "127.0.0.5"], lookup: .fixed(["127.0.0.5"]))
        let hosts = AddressWorld(allowing: ["::1"], lookup: .fixed(["::1"]))
        #expect(await world.send(to: "http://127.0.0.5:\(port)/").error == "connection refused")
        #expect(await hosts.send(to: "http://localhost:\(port)/").error == "\(Self.refused) a loopback address")
        await world.sink.shutdown()
        await hosts.sink.shutdown()
    }

    @Test func anAnswerOfTheResolverHoldsForAWhileAndARefusalDoesNot() async throws {
        try await LoopbackSink.withSink { server in
            let answers = Mutex((addresses: ["127.0.0.1"], questions: 0))
            let lookup = AddressLookup { _, eventLoop in
                let addresses = answers.withLock { answers in
                    answers.questions += 1
                    return answers.addresses
                }
                return AddressLookup.fixed(addresses).addresses("", eventLoop)
            }
            let world = AddressWorld(allowing: ["127.0.0.1"], lookup: lookup, checkMilliseconds: 300)
            let url = "http://localhost:\(server.port)/"
            for _ in 0..<20 { #expect(await world.send(to: url).meaning == .delivered) }
            #expect(answers.withLock { $0.questions } < 20)
            answers.withLock { $0.addresses = ["192.168.0.1"] }
            try await eventually("a new question") {
                await world.send(to: url).error == "\(Self.refused) a private address"
            }
            answers.withLock { $0.addresses = ["127.0.0.1"] }
            #expect(await world.send(to: url).meaning == .delivered)
            await world.sink.shutdown()
        }
    }

    @Test func aResolverThatDoesNotAnswerIsNotWaitedForLongerThanAConnection() async throws {
        let promises = Mutex<[EventLoopPromise<[SocketAddress]>]>([])
        let lookup = AddressLookup { _, eventLoop in
            let promise = eventLoop.makePromise(of: [SocketAddress].self)
            promises.withLock { $0.append(promise) }
            return promise.futureResult
        }
        let world = AddressWorld(allowing: ["127.0.0.1"], lookup: lookup, connectMilliseconds: 100)
        let reports = await withTaskGroup(of: AttemptReport.self) { group in
            for _ in 0..<10 { group.addTask { await world.send(to: "http://hooks.example/") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(reports.map(\.error)) == ["connect timeout"])
        // Those that waited shared one question.
        #expect(promises.withLock { $0.count } == 1)
        for promise in promises.withLock({ $0 }) { promise.fail(CancellationError()) }
        await world.sink.shutdown()
    }

    @Test(arguments: [false, true])
    func aResolverThatFailsDoesNotStopWhatItAllowedBefore(hangs: Bool) async throws {
        try await LoopbackSink.withSink { server in
            let questions = Mutex<[EventLoopPromise<[SocketAddress]>]>([])
            let lookup = AddressLookup { _, eventLoop in
                let promise = eventLoop.makePromise(of: [SocketAddress].self)
                let count = questions.withLock { questions in
                    questions.append(promise)
                    return questions.count
                }
                if count == 1 { promise.completeWith(Result { [try SocketAddress(ipAddress: "127.0.0.1", port: 0)] }) }
                if count > 1, !hangs { promise.fail(ChannelError.eof) }
                return promise.futureResult
            }
            let world = AddressWorld(
                allowing: ["127.0.0.1"], lookup: lookup, checkMilliseconds: 100, connectMilliseconds: 200)
            let url = "http://localhost:\(server.port)/"
            try await eventually("a second question") {
                #expect(await world.send(to: url).meaning == .delivered)
                return questions.withLock { $0.count } > 1
            }
            for _ in 0..<20 { #expect(await world.send(to: url).meaning == .delivered) }
            for promise in questions.withLock({ $0 }) { promise.fail(ChannelError.eof) }
            await world.sink.shutdown()
        }
    }

    @Test func aNameThatIsNotResolvedIsToldAsSuch() async throws {
        let nothing = AddressWorld(allowing: [], lookup: .fixed([]))
        #expect(await nothing.send(to: "http://hooks.example/").error == "host name not resolved")
        let failing = AddressWorld(
            allowing: [],
            lookup: AddressLookup { _, eventLoop in
                // No resolver asks anybody for a name with nothing between its dots.
                eventLoop.makeCompletedFuture { [try SocketAddress.makeAddressResolvingHost("a..b", port: 0)] }
            })
        let report = await failing.send(to: "http://hooks.example/")
        #expect(report.error == "host name not resolved")
        #expect(report.meaning == .retry(afterMilliseconds: nil))
        #expect(failing.refusals.isEmpty)
        await nothing.sink.shutdown()
        await failing.sink.shutdown()
    }

    @Test func aHostThatIsAllowedByNameMayBePrivateAndOthersOnItsAddressMayNot() async throws {
        try await LoopbackSink.withSink { server in
            let world = AddressWorld(allowing: [], hosts: ["localhost"])
            #expect(await world.send(to: "http://localhost:\(server.port)/").meaning == .delivered)
            #expect(await world.send(to: server.url()).error == "\(Self.refused) a loopback address")
            let metadata = AddressWorld(allowing: [], hosts: ["localhost"], lookup: .fixed(["169.254.169.254"]))
            #expect(
                await metadata.send(to: "http://localhost:\(server.port)/").error
                    == "\(Self.refused) the address of a metadata service")
            #expect(server.requests.count == 1)
            await world.sink.shutdown()
            await metadata.sink.shutdown()
        }
    }
}

extension AddressLookup {
    /// The same addresses for every name.
    static func fixed(_ texts: [String]) -> AddressLookup {
        AddressLookup { _, eventLoop in
            eventLoop.makeCompletedFuture { try texts.map { try SocketAddress(ipAddress: $0, port: 0) } }
        }
    }
}
