/// How the HTTP server listens, and what it takes from a client.
public struct ServingConfiguration: Sendable, Hashable {
    /// The address to listen on. Only this machine reaches the default.
    public var host: String = "127.0.0.1"
    /// The port, `0...65535`; 0 lets the system choose one.
    public var port: Int = 8080
    /// Connections waiting to be accepted, `1...65535`.
    public var backlogMax: Int = 1024
    /// Open connections, `1...1_000_000`. Further ones wait in the backlog.
    public var connectionsMax: Int = 10_000
    /// Bytes of a request body, `1...1 GiB`.
    public var bodyBytesMax: Int = 8 * 1024 * 1024
    /// Bytes of request line and headers, `1024...1 MiB`.
    public var requestHeadBytesMax: Int = 64 * 1024
    /// Headers of a request, `16...10_000`.
    public var requestHeadersMax: Int = 1000
    /// From the first byte of a request head to its last, however the bytes drip. At least 1 ms.
    public var requestHeadTimeout: Duration = .seconds(10)
    /// From the head to the end of the body; grows by a second for every ``bodyBytesPerSecondMin`` bytes. At least 1
    /// ms.
    public var bodyTimeout: Duration = .seconds(20)
    /// How fast a body must come once ``bodyTimeout`` is used up, at least 1.
    public var bodyBytesPerSecondMin: Int = 10_000
    /// What ``bodyTimeout`` never grows beyond.
    public var bodyTimeoutMax: Duration = .seconds(120)
    /// A connection between two requests is closed after this. At least 1 ms.
    public var idleTimeout: Duration = .seconds(75)
    /// A client that does not take its answer is cut off after this. At least 1 ms.
    public var answerStallTimeout: Duration = .seconds(30)
    /// How long a connection that we end is still read, so that the client gets the answer. At least 1 ms.
    public var lingerTimeout: Duration = .seconds(2)
    /// How long requests that are there completely may take once the server stops; what is open then is cut off.
    /// Connections without a complete request end at once. At least 1 ms.
    public var stopTimeout: Duration = .seconds(5)
    /// Bytes of request bodies held at once, at least ``bodyBytesMax``.
    public var inFlightBytesMax: Int = 256 * 1024 * 1024
    /// Requests with a body held at once, at least 1.
    public var inFlightRequestsMax: Int = 4096
    /// The tenant of requests that name none, in keyless mode: 1...64 of `A-Z a-z 0-9 . _ ~ -`.
    public var defaultTenant: String = "default"
    /// What the `Server` header says; nil leaves it out.
    public var serverName: String? = "portarium"
    /// How long one readiness check may take before it counts as failed. At least 1 ms.
    public var readinessTimeout: Duration = .seconds(2)

    /// The defaults.
    public init() {}

    /// A budget as large as ``inFlightBytesMax`` and ``inFlightRequestsMax`` say. One is shared by all surfaces.
    public func makeBudget() -> InFlightBudget {
        InFlightBudget(bytesMax: self.inFlightBytesMax, requestsMax: self.inFlightRequestsMax)
    }

    /// A reader of bodies up to ``bodyBytesMax``.
    public func makeBodyReader(budget: InFlightBudget) -> RequestBodyReader {
        RequestBodyReader(bytesMax: self.bodyBytesMax, budget: budget)
    }
}
