import DequeModule
import HeapModule
import Synchronization

/// What a ``RetryQueue`` does.
protocol Retryable: Sendable {
    associatedtype RetryKey: Hashable & Sendable

    /// Items of one key are done in the order they came.
    var retryKey: RetryKey { get }
}

/// Work that is tried again until it is done, one item at a time. Items of one key keep their order; one that cannot be
/// done holds up no others. Its owner's ``run(_:)`` does it; nothing of it is done elsewhere.
final class RetryQueue<Item: Retryable>: Sendable {
    /// The items of one key.
    private struct Line {
        var items: Deque<Item> = []
        /// Tries of the first one that failed.
        var failures = 0
    }

    /// A line whose first item failed.
    private struct Delayed: Comparable {
        var dueAt: Int64
        var key: Item.RetryKey

        static func < (left: Self, right: Self) -> Bool { left.dueAt < right.dueAt }
        static func == (left: Self, right: Self) -> Bool { left.dueAt == right.dueAt }
    }

    private struct State {
        var lines: [Item.RetryKey: Line] = [:]
        /// Lines whose first item can be tried now, in the order they came.
        var ready: Deque<Item.RetryKey> = []
        var delayed: Heap<Delayed> = []
        var count = 0
    }

    /// What to do next.
    private enum Step {
        case work(Item, attempt: Int)
        case wait(milliseconds: Int64)
        case nothing
    }

    /// How long the first failure of an item waits, in milliseconds; each further one waits twice as long.
    static var delayMillisecondsMin: Int64 { 50 }
    /// No failure waits longer, in milliseconds.
    static var delayMillisecondsMax: Int64 { 10_000 }

    private let state = Mutex(State())
    private let itemsMax: Int
    private let wakes: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// - Parameter itemsMax: how many items may wait.
    init(itemsMax: Int) {
        self.itemsMax = itemsMax
        (self.wakes, self.continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Appends an item. False where too many wait already: then it is not taken.
    @discardableResult
    func add(_ item: Item) -> Bool {
        let isTaken = self.state.withLock { state in
            guard state.count < self.itemsMax else { return false }
            let key = item.retryKey
            if state.lines[key] == nil { state.ready.append(key) }
            state.lines[key, default: Line()].items.append(item)
            state.count += 1
            return true
        }
        self.continuation.yield()
        return isTaken
    }

    /// Lets ``run(_:)`` end when everything that waits is done.
    func finish() { self.continuation.finish() }

    /// Does the work until the task is cancelled, or ``finish()`` was called and nothing waits; once per instance.
    ///
    /// - Parameter work: does an item; false where it has to be tried again. It is told how often it was tried, from 1.
    func run(_ work: (Item, _ attempt: Int) async -> Bool) async {
        for await _ in self.wakes {
            working: while !Task.isCancelled {
                switch self.step() {
                case .work(let item, let attempt): self.settle(item.retryKey, isDone: await work(item, attempt))
                // No longer than the shortest delay, because what comes meanwhile does not end the wait.
                case .wait(let rest):
                    try? await Task.sleep(for: .milliseconds(min(rest, Self.delayMillisecondsMin)))
                case .nothing: break working
                }
            }
        }
    }

    private func step() -> Step {
        let now = DispatchClock.monotonicMilliseconds
        return self.state.withLock { state in
            while let next = state.delayed.min, next.dueAt <= now {
                state.delayed.removeMin()
                state.ready.append(next.key)
            }
            if let key = state.ready.first, let line = state.lines[key], let item = line.items.first {
                return .work(item, attempt: line.failures + 1)
            }
            return state.delayed.min.map { .wait(milliseconds: $0.dueAt - now) } ?? .nothing
        }
    }

    /// Puts the line that was worked on where it belongs now: behind the others.
    private func settle(_ key: Item.RetryKey, isDone: Bool) {
        let now = DispatchClock.monotonicMilliseconds
        self.state.withLock { state in
            state.ready.removeFirst()
            guard var line = state.lines[key] else { return }
            if isDone {
                line.items.removeFirst()
                line.failures = 0
                state.count -= 1
                if !line.items.isEmpty { state.ready.append(key) }
            } else {
                let delay = Self.delayMillisecondsMin << min(line.failures, 16)
                line.failures += 1
                state.delayed.insert(Delayed(dueAt: now + min(delay, Self.delayMillisecondsMax), key: key))
            }
            state.lines[key] = line.items.isEmpty ? nil : line
        }
    }
}
