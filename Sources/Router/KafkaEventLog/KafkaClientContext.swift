import CRdKafka
import Logging
import Synchronization

/// What a client of librdkafka calls back to. Takes what it says to the log of the process: its own levels, a line now
/// and then and not one per event.
final class KafkaClientContext: Sendable {
    private struct State {
        var windowStart: ContinuousClock.Instant?
        var lines = 0
        var suppressed = 0
        var fault: (said: KafkaConnectionFault, at: ContinuousClock.Instant)?
    }

    /// Lines in one window; what is more is counted and told with the next one.
    private static let linesMax = 5
    private static let window = Duration.seconds(10)
    /// How long a fault counts: librdkafka may keep silent for 30 seconds about the same one.
    private static let faultAgeMax = Duration.seconds(40)
    /// What is said of faults is never for debugging alone.
    private static let faultLevel: Int32 = 6
    /// Where delivery reports go; nil where they are not kept.
    let reports: KafkaReports?
    private let logger: Logger
    private let settings: KafkaSettings
    private let state = Mutex(State())

    init(logger: Logger, reports: KafkaReports?, settings: KafkaSettings) {
        self.logger = logger
        self.reports = reports
        self.settings = settings
    }

    /// Why brokers let nobody in, where one said so a short while ago.
    var connectionFault: KafkaConnectionFault? {
        self.state.withLock { state in
            state.fault.flatMap { $0.at.duration(to: .now) < Self.faultAgeMax ? $0.said : nil }
        }
    }

    static let callback: @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Void =
        {
            handle, level, facility, text in
            guard let handle, let opaque = rd_kafka_opaque(handle), let text else { return }
            let context = Unmanaged<KafkaClientContext>.fromOpaque(opaque).takeUnretainedValue()
            context.log(
                level, facility.map { String(cString: $0) } ?? "", context.settings.safe(String(cString: text)))
        }

    /// All clients get the properties of the configuration, whether they are for producers or for consumers.
    private static func isIdle(_ facility: String, _ text: String) -> Bool {
        facility == "CONFWARN" && ["a consumer property", "a producer property"].contains { text.contains($0) }
    }

    /// - Parameter level: of syslog, 0 (emergency) to 7 (debug).
    private func log(_ level: Int32, _ facility: String, _ text: String) {
        if level <= Self.faultLevel, let fault = KafkaConnectionFault(line: text) {
            self.state.withLock { $0.fault = (fault, .now) }
        }
        let swiftLevel: Logger.Level =
            switch level {
            case ...4: .warning
            case 5: .notice
            case 6: .info
            default: .debug
            }
        guard swiftLevel >= self.logger.logLevel, !Self.isIdle(facility, text) else { return }
        let suppressed = self.state.withLock { state -> Int? in
            let now = ContinuousClock.now
            if state.windowStart.map({ $0.duration(to: now) > Self.window }) ?? true {
                state.windowStart = now
                state.lines = 0
            }
            guard state.lines < Self.linesMax else {
                state.suppressed += 1
                return nil
            }
            state.lines += 1
            defer { state.suppressed = 0 }
            return state.suppressed
        }
        guard let suppressed else { return }
        var metadata: Logger.Metadata = ["facility": "\(facility)", "client": "\(text)"]
        if suppressed > 0 { metadata["more"] = "\(suppressed) since the last line" }
        self.logger.log(level: swiftLevel, "the Kafka client says", metadata: metadata)
    }
}
