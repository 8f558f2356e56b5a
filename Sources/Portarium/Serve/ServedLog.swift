import EventLog
import ServiceLifecycle

/// The log that a router serves from, with everything that depends on which log it is.
protocol ServedLog: Sendable {
    /// What the rooms work with.
    var eventLog: any EventLog { get }
    /// What finds events by their identifiers; nil: searches read the log.
    var index: (any EventIndex)? { get }
    /// What the log needs done beside it. They start before everything else and end after it.
    var services: [any Service] { get }
    /// What the metrics tell of it, without waiting for anything.
    var figures: LogFigures { get }

    /// Makes or verifies the topics that the router works with.
    /// - Throws: ``CommandFailure`` or `EventLogError` where the router cannot work with what is there.
    func prepare(_ topics: [TopicSpecification]) async throws

    /// Whether events can be appended now.
    /// - Throws: `EventLogError` with the sentence that people are told.
    func probe() async throws(EventLogError)

    /// Ends everything. Called once, after all services have ended.
    func close() async
}
