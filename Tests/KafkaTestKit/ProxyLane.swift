import DequeModule
import NIOCore

/// One way of a proxied connection: what was read and is not due yet. Lives on the proxy's event loop.
final class ProxyLane {
    /// The source is not read while this much waits.
    private static let waitingBytesMax = 4 << 20

    private let core: ProxyCore
    private let direction: TCPProxy.Direction
    private let source: any Channel
    private let target: any Channel
    private var waiting: Deque<(bytes: ByteBuffer, due: NIODeadline)> = []
    private var waitingBytes = 0
    private var carriedSinceArmed = 0
    private var lineIsFreeAt = NIODeadline.uptimeNanoseconds(0)
    private var hasEnded = false
    private var isScheduled = false
    private var isFull = false

    init(core: ProxyCore, direction: TCPProxy.Direction, source: any Channel, target: any Channel) {
        self.core = core
        self.direction = direction
        self.source = source
        self.target = target
    }

    /// Bytes came from the source.
    func take(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        var bytes = bytes
        let now = NIODeadline.now()
        let rate = self.core.settings.bytesPerSecond
        // A slow line carries small pieces, so that it does not sleep and then burst.
        let pieceMax = rate.map { max(1, $0 / 50) } ?? Int.max
        while let piece = bytes.readSlice(length: min(pieceMax, bytes.readableBytes)), piece.readableBytes > 0 {
            self.lineIsFreeAt = max(self.lineIsFreeAt, now)
            if let rate {
                self.lineIsFreeAt =
                    self.lineIsFreeAt + .nanoseconds(Int64(piece.readableBytes) * 1_000_000_000 / Int64(rate))
            }
            let due = max(self.lineIsFreeAt + self.core.settings.latency, self.waiting.last?.due ?? now)
            self.waiting.append((piece, due))
            self.waitingBytes += piece.readableBytes
        }
        self.forward()
    }

    /// The source ends behind what waits.
    func end() {
        self.hasEnded = true
        self.forward()
    }

    /// The source has given what it had for now.
    func readOn() {
        self.isFull = self.waitingBytes >= Self.waitingBytesMax
        if !self.isFull { self.source.read() }
    }

    func countAnew() {
        self.carriedSinceArmed = 0
    }

    /// Sends what is due as far as the target has room.
    func forward() {
        guard !self.core.settings.isBlackHole else { return }
        var hasWritten = false
        while self.target.isWritable, let (bytes, due) = self.waiting.first {
            guard due <= .now() else {
                self.schedule(at: due)
                break
            }
            self.waiting.removeFirst()
            self.waitingBytes -= bytes.readableBytes
            guard self.send(bytes) else { return }
            hasWritten = true
        }
        if hasWritten { self.target.flush() }
        if self.waiting.isEmpty, self.hasEnded { self.target.close(promise: nil) }
        if self.isFull, self.waitingBytes < Self.waitingBytesMax / 2 { self.readOn() }
    }

    /// False: the connection was cut behind what is left of it.
    private func send(_ bytes: ByteBuffer) -> Bool {
        let count = bytes.readableBytes
        guard
            let rest = self.core.bytesBeforeCut(self.direction, carried: self.carriedSinceArmed, count: count)
        else {
            self.count(count)
            self.target.write(bytes, promise: nil)
            return true
        }
        self.count(rest)
        self.waiting.removeAll()
        self.waitingBytes = 0
        // The target gets these bytes and then the end; a reset could overtake them.
        self.target.writeAndFlush(bytes.getSlice(at: bytes.readerIndex, length: rest), promise: nil)
        self.target.close(promise: nil)
        self.source.abort()
        return false
    }

    private func count(_ bytes: Int) {
        self.carriedSinceArmed += bytes
        switch self.direction {
        case .toServer: self.core.statistics.bytesToServer += bytes
        case .toClient: self.core.statistics.bytesToClient += bytes
        }
    }

    private func schedule(at due: NIODeadline) {
        guard !self.isScheduled else { return }
        self.isScheduled = true
        self.core.loop.assumeIsolated().scheduleTask(deadline: due) {
            self.isScheduled = false
            self.forward()
        }
    }
}
