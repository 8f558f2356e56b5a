import EventLog
import Synchronization

/// What waits for the writer.
enum WriterRequest: Sendable {
    case append(AppendRequest)
    /// Small work that shares the transaction of the appends around it: commits of groups, the probe.
    case shared(any WriterWork, QueueLoad)
    /// Work with a transaction of its own, which may fail alone.
    case exclusive(any WriterWork)

    var load: QueueLoad {
        switch self {
        case .append(let append): append.load
        case .shared(_, let load): load
        case .exclusive: QueueLoad()
        }
    }
}

/// What a request weighs in the queue.
struct QueueLoad: Sendable {
    var records = 0
    var bytes = 0

    static func += (lhs: inout Self, rhs: Self) {
        lhs.records += rhs.records
        lhs.bytes += rhs.bytes
    }

    static func -= (lhs: inout Self, rhs: Self) {
        lhs.records -= rhs.records
        lhs.bytes -= rhs.bytes
    }
}

/// The records of one call, each with its partition.
struct AppendRequest: Sendable {
    var records: [ProducerRecord]
    var partitionIDs: [Int]
    var load: QueueLoad
    var continuation: CheckedContinuation<Result<[Int64], EventLogError>, Never>
}

/// Something to do on the writer's connection, with someone who waits for it.
protocol WriterWork: Sendable {
    func run(_ connection: WriterConnection) throws
    /// On the writer's queue, right after the commit and before anything else runs.
    func didCommit(_ connection: WriterConnection)
    /// Answers whoever waits; nil is success.
    func complete(_ error: EventLogError?)
}
