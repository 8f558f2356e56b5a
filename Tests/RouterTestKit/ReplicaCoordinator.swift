import EventLog
import Synchronization

/// Shares the partitions of one log in memory among replicas, as a broker's group coordinator does, and moves them by
/// itself whenever a replica comes or goes: no more of them than evenness asks for, and none before its owner has given
/// it back.
public final class ReplicaCoordinator: Sendable {
    /// What a replica's ``EventLogMembership/takePart(in:_:)`` has to tell its listener next.
    enum Word: Sendable {
        case assigned([TopicPartition])
        case revoked([TopicPartition])
        case lost([TopicPartition])
    }

    struct Member {
        let name: String
        let words: AsyncStream<Word>.Continuation
        var owned: Set<TopicPartition> = []
        var revoking: Set<TopicPartition> = []
        var isLeaving = false
    }

    struct State {
        /// In the order of their coming.
        var members: [Member] = []
        var partitions: Set<TopicPartition> = []
    }

    /// Where all records and positions are.
    public let log: InMemoryEventLog
    private let state = Mutex(State())

    public init(log: InMemoryEventLog) { self.log = log }

    /// Which partitions a replica may commit for now.
    public func partitions(of name: String) -> Set<TopicPartition> {
        self.state.withLock { state in state.members.first { $0.name == name }?.owned ?? [] }
    }

    /// Replicas that take part.
    public var members: [String] { self.state.withLock { $0.members.map(\.name) } }

    func owns(_ name: String, _ topicPartition: TopicPartition) -> Bool {
        self.partitions(of: name).contains(topicPartition)
    }

    func join(_ name: String, _ partitions: [TopicPartition]) -> AsyncStream<Word> {
        let (words, continuation) = AsyncStream.makeStream(of: Word.self)
        self.state.withLock { state in
            state.partitions.formUnion(partitions)
            state.members.append(Member(name: name, words: continuation))
            state.settle()
        }
        return words
    }

    /// The replica gives everything back in the orderly way; its words end when that is done.
    func leave(_ name: String) {
        self.state.withLock { state in
            guard let index = state.index(of: name) else { return }
            state.members[index].isLeaving = true
            state.settle()
        }
    }

    /// A replica has let go of partitions that it was asked for.
    func gaveBack(_ name: String, _ partitions: [TopicPartition]) {
        self.state.withLock { state in
            guard let index = state.index(of: name) else { return }
            state.members[index].owned.subtract(partitions)
            state.members[index].revoking.subtract(partitions)
            state.settle()
        }
    }

    /// The replica was not heard of for too long, or is dead: the others get what it had, at once.
    public func expel(_ name: String) {
        self.state.withLock { state in
            guard let index = state.index(of: name) else { return }
            let member = state.members.remove(at: index)
            member.words.yield(.lost(member.owned.sorted()))
            member.words.finish()
            state.settle()
        }
    }

    /// An administrator has added partitions: somebody gets them.
    public func add(_ partitions: [TopicPartition]) {
        self.state.withLock { state in
            state.partitions.formUnion(partitions)
            state.settle()
        }
    }
}

extension ReplicaCoordinator.State {
    func index(of name: String) -> Int? { self.members.firstIndex { $0.name == name } }

    /// Asks for what has to go, and gives what is free.
    mutating func settle() {
        for index in self.members.indices.reversed()
        where self.members[index].isLeaving && self.members[index].owned.isEmpty {
            self.members.remove(at: index).words.finish()
        }
        let quotas = self.quotas()
        for index in self.members.indices {
            let kept = self.members[index].owned.subtracting(self.members[index].revoking)
            let excess = Array(Self.mixed(kept).dropFirst(quotas[index]))
            guard !excess.isEmpty else { continue }
            self.members[index].revoking.formUnion(excess)
            self.members[index].words.yield(.revoked(excess))
        }
        var free = Self.mixed(self.partitions.subtracting(self.members.flatMap(\.owned)))[...]
        for index in self.members.indices {
            let room = quotas[index] - self.members[index].owned.subtracting(self.members[index].revoking).count
            let given = Array(free.prefix(max(0, room)))
            guard !given.isEmpty else { continue }
            free = free.dropFirst(given.count)
            self.members[index].owned.formUnion(given)
            self.members[index].words.yield(.assigned(given))
        }
    }

    /// Everybody shall get some of every topic.
    private static func mixed(_ partitions: Set<TopicPartition>) -> [TopicPartition] {
        partitions.sorted { ($0.partition.value, $0.topic) < ($1.partition.value, $1.topic) }
    }

    /// How many partitions each member shall have.
    private func quotas() -> [Int] {
        let staying = self.members.indices.filter { !self.members[$0].isLeaving }
        var quotas = self.members.map { _ in 0 }
        guard !staying.isEmpty else { return quotas }
        for (place, index) in staying.enumerated() {
            quotas[index] =
                self.partitions.count / staying.count + (place < self.partitions.count % staying.count ? 1 : 0)
        }
        return quotas
    }
}
