import DequeModule
import Synchronization

/// Work that is tried again until it is done, one item after the other in the order it came. Its owner's
/// ``run(_:)`` does it; nothing of it is done elsewhere.
final class RetryQueue<Item: Sendable>: Sendable {
    /// How long the first failure of an item waits, in milliseconds; each further one waits twice as long.
    static var delayMillisecondsMin: Int64 { 50 }
    /// No failure waits longer, in milliseconds.
    static var delayMillisecondsMax: Int64 { 10_000 }

    private let items = Mutex<Deque<Item>>([])
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
        let isTaken = self.items.withLock { items in
            guard items.count < self.itemsMax else { return false }
            items.append(item)
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
            while !Task.isCancelled, let item = self.items.withLock({ $0.popFirst() }) {
                var attempt = 1
                var delay = Self.delayMillisecondsMin
                while !Task.isCancelled, await !work(item, attempt) {
                    attempt += 1
                    try? await Task.sleep(for: .milliseconds(delay))
                    delay = min(2 * delay, Self.delayMillisecondsMax)
                }
            }
        }
    }
}
