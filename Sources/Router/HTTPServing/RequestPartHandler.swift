import NIOCore
import NIOHTTP1

/// Stands behind the HTTP parser and carries out what the ``ConnectionGuard`` decides: ends connections whose requests
/// are late, too long or malformed, with an answer where one can still be given, and those that a finished answer
/// closes.
final class RequestPartHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limits: ConnectionGuard.Limits
    private var state: ConnectionGuard?
    private var context: ChannelHandlerContext?
    /// Timers that are set, soonest last. One is added only when it is sooner than all others, and none is moved:
    /// requests that come and go within their deadlines touch no timer.
    private var timers: [(deadline: NIODeadline, task: Scheduled<Void>)] = []

    /// What the parser is looking at now; nil between two reads.
    var bytesBeingParsed: ByteBuffer?
    /// Set once the server stops.
    private var stopTimer: Scheduled<Void>?

    init(limits: ConnectionGuard.Limits) {
        self.limits = limits
    }

    var isLingering: Bool { self.state?.lingeringSince != nil }

    // MARK: From the handler before the parser

    func bytesArrived(_ count: Int) -> ConnectionGuard.BytesAction {
        self.state?.bytesArrived(count, now: self.now) ?? .forward
    }

    func bytesParsed() {
        if let fault = self.state?.bytesParsed() { self.perform(fault) }
        self.setTimer()
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { self.connected(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.end()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        self.connected(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end()
        // A body that breaks off must not look like one that ended.
        if self.state?.connectionEnded() == true { context.fireErrorCaught(HTTPParserError.invalidEOFState) }
        context.fireChannelInactive()
    }

    private func connected(_ context: ChannelHandlerContext) {
        guard self.state == nil else { return }
        self.state = ConnectionGuard(limits: self.limits, now: self.now)
        self.setTimer()
    }

    private func end() {
        for timer in self.timers { timer.task.cancel() }
        self.timers = []
        self.stopTimer?.cancel()
        self.stopTimer = nil
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            let expectsContinue = head.headers.first(name: "expect")?.lowercased() == "100-continue"
            let announced = expectsContinue ? head.headers.first(name: "content-length").flatMap { Int($0) } : nil
            let sendsContinue = self.state?.headRead(
                keepAlive: head.isKeepAlive, expectsContinue: expectsContinue, announcedBytes: announced, now: self.now)
            if sendsContinue == true {
                let answer = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(self.wrapOutboundOut(.head(answer)), promise: nil)
            }
        case .body: break
        case .end: self.state?.requestRead(now: self.now)
        }
        if self.isLingering { return }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            let isUnknownMethod = error == .invalidMethod && RequestLine.isWellFormed(self.bytesBeingParsed)
            let type = isUnknownMethod ? .methodNotAllowed : ProblemType.malformedRequest(error)
            if let fault = self.state?.parserFailed(type), fault != .pass {
                self.perform(fault, detail: type.detail(of: error))
                return
            }
        }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent, let fault = self.state?.inputClosed() {
            self.perform(fault)
        }
        if event is ChannelShouldQuiesceEvent { self.stop(context) }
        context.fireUserInboundEventTriggered(event)
    }

    /// The server stops: what has a complete request may finish it within a limit, the rest ends now.
    private func stop(_ context: ChannelHandlerContext) {
        if let fault = self.state?.serverStops() { self.perform(fault, detail: "the server is shutting down") }
        guard context.channel.isActive else { return }
        let deadline = self.now + self.limits.stopTimeout
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.stopTimedOut() }
        self.stopTimer = task
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.state?.writabilityChanged(context.channel.isWritable, now: self.now)
        self.setTimer()
        context.fireChannelWritabilityChanged()
    }

    // MARK: Out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if self.isLingering {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch self.unwrapOutboundIn(data) {
        case .head(var head) where !head.status.isInformational:
            if self.state?.answerStarted(keepAlive: head.isKeepAlive) == true {
                head.headers.replaceOrAdd(name: "connection", value: "close")
                context.write(self.wrapOutboundOut(.head(head)), promise: promise)
            } else {
                context.write(data, promise: promise)
            }
        case .head, .body: context.write(data, promise: promise)
        case .end:
            let closes = self.state?.answerEnded(now: self.now) == true
            if closes {
                context.writeAndFlush(data, promise: promise)
                self.endOutput(context)
            } else {
                context.write(data, promise: promise)
                self.setTimer()
            }
        }
    }

    // MARK: Acts

    private func stopTimedOut() {
        self.context?.close(promise: nil)
    }

    private func perform(_ action: ConnectionGuard.FaultAction, detail: String? = nil) {
        switch action {
        case .pass: break
        case .close: self.context?.close(promise: nil)
        case .refuse(let type): self.refuse(type, detail)
        }
    }

    private func refuse(_ type: ProblemType, _ detail: String?) {
        guard let context else { return }
        let body = ProblemDetails(type, detail: detail ?? self.detail(of: type)).json
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: type.status))
        head.headers.add(name: "content-type", value: "application/problem+json")
        head.headers.add(name: "content-length", value: String(body.readableBytes))
        head.headers.add(name: "connection", value: "close")
        if type == .methodNotAllowed { head.headers.add(name: "allow", value: MethodNotAllowedResponder.allMethods) }
        self.state?.refused(now: self.now)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        self.endOutput(context)
    }

    private func detail(of type: ProblemType) -> String {
        switch type {
        case .requestTimeout: "the request did not come whole in the time that there is for it; send it again"
        case .headTooLarge: "the request line and the headers have more than \(self.limits.headBytesMax) bytes"
        default: type.title
        }
    }

    /// Ends our side and waits a little for the client to end its own: a socket that is closed with unread input resets
    /// the connection, and the client would lose the answer.
    private func endOutput(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        self.setTimer()
        context.read()
    }

    // MARK: Time

    private var now: NIODeadline { self.context?.eventLoop.now ?? .now() }

    private func setTimer() {
        guard let context, context.channel.isActive, let deadline = self.state?.deadline else { return }
        if let soonest = self.timers.last, soonest.deadline <= deadline { return }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
        self.timers.append((deadline, task))
    }

    private func timerFired() {
        _ = self.timers.popLast()
        guard let action = self.state?.timerFired(now: self.now) else { return }
        switch action {
        case .wait: self.setTimer()
        case .close: self.context?.close(promise: nil)
        case .refuse(let type): self.refuse(type, nil)
        }
    }
}

extension HTTPResponseStatus {
    fileprivate var isInformational: Bool { self.code < 200 && self.code != 101 }
}
