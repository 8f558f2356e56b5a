import NIOCore

/// What one HTTP/1.1 connection is allowed: decides, and does nothing itself.
///
/// The clock runs only while the client alone is waited for: an earlier answer that we still owe stops it, because then
/// bytes may lie unread on our side.
struct ConnectionGuard: Sendable {
    /// See ``ServingConfiguration`` for what each one means.
    struct Limits: Sendable {
        var headBytesMax: Int
        var bodyBytesMax: Int
        var headTimeout: TimeAmount
        var bodyTimeout: TimeAmount
        var bodyTimeoutMax: TimeAmount
        var bodyBytesPerSecondMin: Int
        var idleTimeout: TimeAmount
        var stallTimeout: TimeAmount
        var lingerTimeout: TimeAmount
        var stopTimeout: TimeAmount = .seconds(5)
    }

    enum Reading: Equatable {
        /// Nothing of the next request is there. → `head` on the first byte.
        case nothing(since: NIODeadline)
        /// A head is coming. → `body` when it is complete.
        case head(since: NIODeadline, bytes: Int)
        /// A body is coming, `bytes` of it (with framing) are there. → `nothing` at its end.
        case body(since: NIODeadline, bytes: Int)
    }

    enum BytesAction: Equatable {
        case forward
        /// The connection is ending: whatever comes is read and thrown away.
        case discard
    }

    enum FaultAction: Equatable {
        /// Somebody behind us answers or notices.
        case pass
        /// Answer with this problem, then end the connection.
        case refuse(ProblemType)
        case close
    }

    enum TimerAction: Equatable {
        /// Nothing has run out.
        case wait
        case refuse(ProblemType)
        case close
    }

    let limits: Limits
    private(set) var reading: Reading
    /// Requests whose head was read and whose answer is not complete.
    private(set) var answersOwed = 0
    /// Whether some of the current answer has been written.
    private(set) var isAnswering = false
    /// Since when the client has not taken what we write.
    private var stalledSince: NIODeadline?
    /// Set when the connection ends after the answer at hand.
    private var closesAfterAnswer = false
    /// Set once we have ended our side.
    private(set) var lingeringSince: NIODeadline?

    init(limits: Limits, now: NIODeadline) {
        self.limits = limits
        self.reading = .nothing(since: now)
    }

    /// When ``timerFired(now:)`` must be called; nil while nothing can run out.
    var deadline: NIODeadline? {
        if let lingeringSince { return lingeringSince + self.limits.lingerTimeout }
        if let stalledSince { return stalledSince + self.limits.stallTimeout }
        switch self.reading {
        case .nothing(let since): return self.answersOwed == 0 ? since + self.limits.idleTimeout : nil
        case .head(let since, _): return self.answersOwed == 0 ? since + self.limits.headTimeout : nil
        case .body(let since, let bytes): return self.answersOwed == 1 ? since + self.bodyTimeout(bytes: bytes) : nil
        }
    }

    private func bodyTimeout(bytes: Int) -> TimeAmount {
        let earned = TimeAmount.nanoseconds(
            Int64(Double(bytes) / Double(self.limits.bodyBytesPerSecondMin) * 1_000_000_000))
        return min(self.limits.bodyTimeout + earned, self.limits.bodyTimeoutMax)
    }

    // MARK: What comes in

    mutating func bytesArrived(_ count: Int, now: NIODeadline) -> BytesAction {
        if self.lingeringSince != nil { return .discard }
        switch self.reading {
        case .nothing: self.reading = .head(since: now, bytes: count)
        case .head(let since, let bytes): self.reading = .head(since: since, bytes: bytes + count)
        case .body(let since, let bytes): self.reading = .body(since: since, bytes: bytes + count)
        }
        return .forward
    }

    /// After the parser has had its turn: is a head that is still incomplete too long?
    func bytesParsed() -> FaultAction {
        guard case .head(_, let bytes) = self.reading, bytes > self.limits.headBytesMax, self.lingeringSince == nil
        else {
            return .pass
        }
        return self.answersOwed == 0 ? .refuse(.headTooLarge) : .close
    }

    /// A head is complete.
    /// - Returns: whether `100 Continue` shall be sent (RFC 9110, section 10.1.1).
    mutating func headRead(
        keepAlive: Bool, expectsContinue: Bool, announcedBytes: Int?, now: NIODeadline
    ) -> Bool {
        self.reading = .body(since: now, bytes: 0)
        self.answersOwed += 1
        if !keepAlive { self.closesAfterAnswer = true }
        return expectsContinue && self.answersOwed == 1 && (announcedBytes ?? 0) <= self.limits.bodyBytesMax
    }

    mutating func requestRead(now: NIODeadline) {
        self.reading = .nothing(since: now)
    }

    /// The parser gave up.
    func parserFailed(_ type: ProblemType) -> FaultAction {
        if self.lingeringSince != nil { return .pass }
        if case .body = self.reading { return .pass }
        return self.answersOwed == 0 ? .refuse(type) : .pass
    }

    /// The client has ended its side.
    func inputClosed() -> FaultAction {
        self.lingeringSince == nil ? .pass : .close
    }

    /// The server stops: nothing is waited for that the client has not sent yet.
    mutating func serverStops() -> FaultAction {
        guard self.lingeringSince == nil else { return .pass }
        self.closesAfterAnswer = true
        switch self.reading {
        case .nothing, .head: return self.answersOwed == 0 ? .close : .pass
        case .body: return self.answersOwed == 1 && !self.isAnswering ? .refuse(.unavailable) : .pass
        }
    }

    /// The connection is gone. Returns whether a body was cut off, which its reader must hear.
    func connectionEnded() -> Bool {
        if case .body = self.reading { return true }
        return false
    }

    // MARK: What goes out

    /// The head of an answer is about to be written.
    /// - Parameter keepAlive: what the answer says itself.
    /// - Returns: whether it must say `Connection: close`: then the rest of a body that nobody waits for is not read.
    mutating func answerStarted(keepAlive: Bool) -> Bool {
        self.isAnswering = true
        if !keepAlive { self.closesAfterAnswer = true }
        if case .body = self.reading, self.answersOwed == 1 { self.closesAfterAnswer = true }
        return self.closesAfterAnswer && self.answersOwed == 1
    }

    /// The last part of an answer is about to be written.
    /// - Returns: whether our side ends with it.
    mutating func answerEnded(now: NIODeadline) -> Bool {
        self.isAnswering = false
        self.answersOwed = max(0, self.answersOwed - 1)
        if self.answersOwed == 0, self.closesAfterAnswer {
            self.lingeringSince = now
            return true
        }
        switch self.reading {
        case .nothing: self.reading = .nothing(since: now)
        case .head(_, let bytes): self.reading = .head(since: now, bytes: bytes)
        case .body(_, let bytes): self.reading = .body(since: now, bytes: bytes)
        }
        return false
    }

    mutating func writabilityChanged(_ isWritable: Bool, now: NIODeadline) {
        self.stalledSince = isWritable ? nil : (self.stalledSince ?? now)
    }

    /// We have refused and ended our side.
    mutating func refused(now: NIODeadline) {
        self.lingeringSince = now
        self.stalledSince = nil
    }

    // MARK: The clock

    func timerFired(now: NIODeadline) -> TimerAction {
        guard let deadline, now >= deadline else { return .wait }
        if self.lingeringSince != nil || self.stalledSince != nil { return .close }
        switch self.reading {
        case .nothing: return .close
        case .head: return .refuse(.requestTimeout)
        case .body: return self.isAnswering ? .close : .refuse(.requestTimeout)
        }
    }
}
