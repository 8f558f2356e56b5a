import Identity
import NIOCore
import NIOHTTP1

/// Stands behind the ``RequestPartHandler`` and takes the requests of the ``DirectRoute``s out of the stream.
///
/// One direct request at a time. What comes while it is under way waits until it is answered, and nothing more is read
/// then. A request that comes while the router still owes an answer goes to the router, so that answers keep the order
/// of requests.
final class DirectRequestHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// → `collecting` or `passing` with a head.
        case idle
        /// The router has this request. → `idle` at its end.
        case passing
        /// The body is coming. → `serving` at its end, `discarding` where it is refused.
        case collecting(any DirectRoute, HTTPRequestHead, Caller, BodyIntake, start: NIODeadline)
        /// The answer is being made. → `idle` when it is written.
        case serving
        /// Refused; the little that still comes of it is read first, so that the connection can go on. → `idle` at its
        /// end.
        case refusing(ProblemError, HTTPRequestHead)
        /// Refused and answered before its end; what still comes of it is thrown away. → `idle` at its end.
        case discarding
    }

    /// How long a refused body may be to be read to its end.
    private static let refusedBytesMax = 65_536

    private let routes: [any DirectRoute]
    private let bodies: RequestBodyReader
    private let serverName: String?
    private let date: HTTPDate
    private var state = State.idle
    /// Answers that the router owes.
    private var routerAnswers = 0
    /// What came behind a request that is being served.
    private var waiting: [HTTPServerRequestPart] = []
    /// What has waited is being taken: what is held waits until all of it is.
    private var isTakingWaiting = false
    private var isReadHeld = false
    /// Reads that ended while the request is under way, the one that brought its end among them.
    private var readsWhileServing = 0
    /// What the router is told only when the request that is under way is answered: to finish, or that nothing more
    /// comes. It knows nothing of a direct request, and would close its connection.
    private var heldEvents: [Any] = []
    /// What went wrong behind the request that is under way.
    private var heldError: (any Error)?

    init(routes: [any DirectRoute], bodies: RequestBodyReader, serverName: String?, date: HTTPDate) {
        self.routes = routes
        self.bodies = bodies
        self.serverName = serverName
        self.date = date
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = self.unwrapInboundIn(data)
        if case .serving = self.state { return self.waiting.append(part) }
        self.take(part, context)
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head): self.begin(head, context)
        case .body(let piece): self.add(piece, context)
        case .end: self.finish(part, context)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard self.routerAnswers == 0, let route = self.route(of: head) else { return self.pass(head, context) }
        let start = NIODeadline.now()
        do throws(ProblemError) {
            switch route.admit(head) {
            case .elsewhere: self.pass(head, context)
            case .refused(let problem): throw problem
            case .admitted(let caller):
                let intake = try self.bodies.intake(contentLength: head.headers.first(name: "content-length"))
                self.state = .collecting(route, head, caller, intake, start: start)
            }
        } catch {
            route.refused(error)
            self.refuse(error, head, context)
        }
    }

    private func pass(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        self.state = .passing
        self.routerAnswers += 1
        context.fireChannelRead(self.wrapInboundOut(.head(head)))
    }

    private func route(of head: HTTPRequestHead) -> (any DirectRoute)? {
        for route in self.routes where head.method == route.method {
            guard head.uri.utf8.starts(with: route.path.utf8) else { continue }
            let rest = head.uri.utf8.dropFirst(route.path.utf8.count)
            if rest.isEmpty || rest.first == UInt8(ascii: "?") { return route }
        }
        return nil
    }

    private func add(_ piece: ByteBuffer, _ context: ChannelHandlerContext) {
        switch self.state {
        case .collecting(let route, let head, let caller, var intake, let start):
            // Nothing else may hold the buffer that the piece is written to.
            self.state = .idle
            do throws(ProblemError) {
                try intake.add(piece)
                self.state = .collecting(route, head, caller, intake, start: start)
            } catch {
                intake.release()
                route.refused(error)
                self.refuse(error, head, context)
            }
        case .passing: context.fireChannelRead(self.wrapInboundOut(.body(piece)))
        case .idle, .serving, .refusing, .discarding: break
        }
    }

    private func finish(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch self.state {
        case .collecting(let route, let head, let caller, var intake, let start):
            do throws(ProblemError) {
                let body = try intake.finish()
                self.state = .serving
                self.readsWhileServing = 0
                self.serve(route, DirectRequest(head: head, caller: caller, body: body, start: start), intake, context)
            } catch {
                intake.release()
                route.refused(error)
                self.state = .idle
                self.write(DirectAnswer(error), to: head, context)
                self.settle(context)
            }
        case .passing:
            self.state = .idle
            context.fireChannelRead(self.wrapInboundOut(part))
        case .refusing(let error, let head):
            self.state = .idle
            self.write(DirectAnswer(error), to: head, context)
            self.settle(context)
        case .discarding:
            self.state = .idle
            self.settle(context)
        case .idle, .serving: break
        }
    }

    private func serve(
        _ route: any DirectRoute, _ request: DirectRequest, _ intake: BodyIntake, _ context: ChannelHandlerContext
    ) {
        let answer = context.eventLoop.makePromise(of: DirectAnswer.self)
        let head = request.head
        let bound = NIOLoopBound((self, context, intake), eventLoop: context.eventLoop)
        answer.futureResult.whenComplete { result in
            let (handler, context, intake) = bound.value
            intake.release()
            switch result {
            case .success(let answer): handler.answered(answer, to: head, context)
            case .failure: handler.answered(DirectAnswer(ProblemError(.internalError, "")), to: head, context)
            }
        }
        route.serve(request, answer: answer)
    }

    private func answered(_ answer: DirectAnswer, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        self.state = .idle
        self.write(answer, to: head, context)
        let parts = self.waiting
        self.waiting = []
        // An answer that is there at once is written in the middle of this.
        let wasTakingWaiting = self.isTakingWaiting
        self.isTakingWaiting = true
        for (index, part) in parts.enumerated() {
            if case .serving = self.state {
                self.waiting = Array(parts[index...])
                break
            }
            self.take(part, context)
        }
        self.isTakingWaiting = wasTakingWaiting
        self.settle(context)
    }

    /// Lets go of what was held while a request was under way.
    private func settle(_ context: ChannelHandlerContext) {
        guard !self.isServing, !self.isTakingWaiting else { return }
        if self.isReadHeld {
            self.isReadHeld = false
            context.read()
        }
        if case .collecting = self.state { return }
        let events = self.heldEvents
        self.heldEvents = []
        for event in events { context.fireUserInboundEventTriggered(event) }
        if let error = self.heldError {
            self.heldError = nil
            context.fireErrorCaught(error)
        }
    }

    private var isServing: Bool {
        if case .serving = self.state { return true }
        return false
    }

    private func refuse(_ error: ProblemError, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let length = head.headers.first(name: "content-length").flatMap { Int($0) }
        if case .idle = self.state, let length, length <= Self.refusedBytesMax {
            self.state = .refusing(error, head)
            return
        }
        self.state = .discarding
        self.write(DirectAnswer(error), to: head, context)
    }

    // MARK: Out

    private func write(_ answer: DirectAnswer, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var head = HTTPResponseHead(
            version: request.version, status: HTTPResponseStatus(statusCode: answer.status), headers: answer.headers)
        head.headers.add(name: "content-length", value: String(answer.body.readableBytes))
        head.headers.add(name: "date", value: self.date.now)
        if let serverName { head.headers.add(name: "server", value: serverName) }
        let isEnding = self.heldEvents.contains { $0 is ChannelShouldQuiesceEvent }
        if !request.isKeepAlive || isEnding { head.headers.add(name: "connection", value: "close") }
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // What comes from behind is the router's; what this handler writes begins at its own place.
        if case .end = self.unwrapOutboundIn(data) { self.routerAnswers = max(0, self.routerAnswers - 1) }
        context.write(data, promise: promise)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.readsWhileServing += 1
        context.fireChannelReadComplete()
    }

    /// Most clients send nothing before they have their answer, so that the next read may stand ready: to end and begin
    /// reading for each request would be two calls of the kernel. Once something has come, it has to wait.
    func read(context: ChannelHandlerContext) {
        if self.isServing, self.readsWhileServing > 1 { self.isReadHeld = true } else { context.read() }
    }

    // MARK: Ends

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        let isHeld: Bool
        switch self.state {
        case .serving: isHeld = event is ChannelShouldQuiesceEvent || (event as? ChannelEvent) == .inputClosed
        case .collecting: isHeld = event is ChannelShouldQuiesceEvent
        case .idle, .passing, .refusing, .discarding: isHeld = false
        }
        if isHeld { self.heldEvents.append(event) } else { context.fireUserInboundEventTriggered(event) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.isServing {
            if self.heldError == nil { self.heldError = error }
            return
        }
        guard case .collecting(let route, let head, _, let intake, _) = self.state else {
            return context.fireErrorCaught(error)
        }
        intake.release()
        route.refused(intake.cutOff)
        self.refuse(intake.cutOff, head, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .collecting(let route, _, _, let intake, _) = self.state {
            intake.release()
            route.refused(intake.cutOff)
            self.state = .discarding
        }
        self.waiting = []
        context.fireChannelInactive()
    }
}
