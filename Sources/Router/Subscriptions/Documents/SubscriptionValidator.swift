import CloudEvents
import EventLog
import Transforms
import WebhookSignatures

/// Checks the values of a document, and collects what is wrong.
struct SubscriptionValidator {
    private static let typesMax = 100
    private static let filtersMax = 100
    private static let headersMax = 32
    /// Of `source` and each of `types`, in bytes.
    private static let attributeBytesMax = 2_048
    private static let headerNameBytesMax = 128
    private static let headerValueBytesMax = 4_096

    private(set) var violations: [SubscriptionValidationError.Violation]

    init(noted: [SubscriptionValidationError.Violation]) {
        self.violations = noted
    }

    /// One fault a place is enough, and one inside it, too: what decoding noted goes first.
    mutating func note(_ pointer: String, _ detail: String) {
        let isNoted = self.violations.contains { $0.pointer == pointer || $0.pointer.hasPrefix(pointer + "/") }
        guard !isNoted else { return }
        self.violations.append(SubscriptionValidationError.Violation(pointer: pointer, detail: detail))
    }

    mutating func checkName(_ name: String) {
        if !SubscriptionID.isValid(name: name) {
            self.note("/id", "must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ -, and not '.' or '..'")
        }
    }

    mutating func checkSource(_ source: String?) {
        guard let source else { return }
        if source.isEmpty {
            self.note("/source", "must not be empty; leave it out to take events of any source")
        } else {
            self.checkAttribute(source, "/source")
            if source.utf8.contains(UInt8(ascii: " ")) {
                self.note("/source", "must be a URI reference, which has no spaces; write %20")
            } else if !URIReference.isValid(source) {
                self.note("/source", "must be a URI reference (RFC 3986); percent-encode what may not be in one")
            }
        }
    }

    mutating func checkTypes(_ types: [String]) {
        if types.count > Self.typesMax {
            self.note(
                "/types", "has \(types.count) elements; at most \(Self.typesMax) are allowed; use a prefix filter")
        }
        for (index, type) in types.prefix(Self.typesMax).enumerated() {
            if type.isEmpty {
                self.note("/types/\(index)", "must not be empty; leave types out to take events of any type")
            } else {
                self.checkAttribute(type, "/types/\(index)")
            }
        }
    }

    private mutating func checkAttribute(_ value: String, _ pointer: String) {
        if value.utf8.count > Self.attributeBytesMax {
            self.note(pointer, "has \(value.utf8.count) bytes; at most \(Self.attributeBytesMax) are allowed")
        }
        if value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
            self.note(pointer, "must not contain control characters: no event has such a value")
        }
    }

    mutating func checkFilters(_ filters: [Filter]) {
        if filters.count > Self.filtersMax {
            self.note("/filters", "has \(filters.count) elements; at most \(Self.filtersMax) are allowed")
            return
        }
        // Each for itself first, so that every faulty one is named; then all together, for the limits they share.
        var isEachValid = true
        for (index, filter) in filters.enumerated() {
            do throws(FilterError) {
                let missing = try CompiledFilter(filter).missingFunctions
                if let function = missing.first {
                    self.note(
                        "/filters/\(index)", "calls \(function.name), which CESQL does not have: \(function.mend)")
                }
            } catch {
                isEachValid = false
                self.note("/filters/\(index)\(error.pointer)", error.detail)
            }
        }
        guard isEachValid else { return }
        do throws(FilterError) {
            _ = try CompiledFilter(allOf: filters)
        } catch {
            self.note("/filters\(error.pointer)", error.detail)
        }
    }

    /// The sink as it was written; a URL that normalises is kept as people know it.
    mutating func checkedSink(_ sink: String) -> String {
        do throws(SinkURLError) {
            if TopicSink.isMeant(by: sink) { _ = try TopicSink(validating: sink) } else { _ = try SinkURL(sink) }
        } catch {
            self.note("/sink", error.reason)
        }
        return sink
    }

    /// What has a meaning for requests only may not be asked of a topic.
    mutating func checkTopicSink(_ settings: HTTPProtocolSettings, _ config: SubscriptionConfiguration) {
        if settings != HTTPProtocolSettings() {
            self.note("/protocolsettings", "is about requests, which a topic does not get; leave it out")
        }
        if config.transform != nil {
            self.note(
                "/config/transform", "cannot be used with a topic, which gets events as they are; leave it out")
        }
        if config.signing != nil {
            self.note("/config/signing", "is about requests, which a topic does not get; leave it out")
        }
        if config.mode != .binary {
            self.note("/config/mode", "must be \"binary\": records carry events in binary mode")
        }
        if config.rateLimitPerSecond != nil {
            self.note("/config/rateLimit", "is about requests, which a topic does not get; leave it out")
        }
    }

    // MARK: Protocol settings

    mutating func checkProtocolSettings(_ settings: HTTPProtocolSettings) {
        self.check(settings.authorization, settings.headers)
        if settings.method != "POST" && settings.method != "PUT" {
            self.note(
                "/protocolsettings/method",
                "must be \"POST\" or \"PUT\", not \(ExplanationText.quoted(settings.method))")
        }
        if settings.headers.count > Self.headersMax {
            self.note(
                "/protocolsettings/headers",
                "has \(settings.headers.count) members; at most \(Self.headersMax) are allowed")
        }
        var seen: Set<String> = []
        for (name, value) in settings.headers.sorted(by: { $0.key < $1.key }) {
            // What is no name is not repeated: it may be a whole line with a secret in it.
            let isName = !name.isEmpty && name.utf8.allSatisfy(ASCIISet.token.contains)
            let pointer = JSONPointer.text(of: ["protocolsettings", "headers"] + (isName ? [name] : []))
            if !seen.insert(name.lowercased()).inserted {
                self.note(pointer, "is there twice: names of headers do not differ by case")
            }
            if let fault = HeaderRules.fault(ofName: name, bytesMax: Self.headerNameBytesMax) {
                self.note(pointer, fault)
            } else if let fault = HeaderRules.fault(ofValue: value, bytesMax: Self.headerValueBytesMax) {
                self.note(pointer, fault)
            }
        }
    }

    // MARK: Secrets

    mutating func check(_ secrets: SubscriptionSecrets, _ scheme: WebhookSigner.Scheme?) {
        if let given = secrets.signing, !(1...SubscriptionSecrets.signingMax).contains(given.count) {
            self.note(
                "/config/signing/secrets",
                "must have 1 to \(SubscriptionSecrets.signingMax) elements, or be left out: the router makes one")
        }
        for (index, secret) in (secrets.signing ?? []).enumerated() {
            guard let scheme else { continue }
            do throws(WebhookSecretError) { _ = try WebhookSigner(secret, scheme: scheme) } catch {
                self.note("/config/signing/secrets/\(index)", "cannot be used: \(error)")
            }
        }
        if let value = secrets.authorization {
            let bytesMax = SubscriptionSecrets.authorizationBytesMax
            if value.isEmpty {
                self.note("/protocolsettings/authorization/value", "must not be empty")
            } else if let fault = HeaderRules.fault(ofValue: value, bytesMax: bytesMax) {
                self.note("/protocolsettings/authorization/value", fault)
            }
        }
    }

    private mutating func check(_ authorization: SinkAuthorization?, _ headers: [String: String]) {
        guard let authorization else { return }
        if headers.keys.contains(where: { $0.lowercased() == "authorization" }) {
            self.note(
                "/protocolsettings/authorization", "is in headers as well; leave one of them out")
        }
        if case .file(let name) = authorization, !SinkAuthorization.isFileName(name) {
            self.note(
                "/protocolsettings/authorization/file",
                "must be 1 to \(SinkAuthorization.fileNameLengthMax) of the characters A-Z a-z 0-9 . _ -, and not "
                    + "begin with '.': the name of a file in the tenant's part of the router's directory")
        }
    }

    // MARK: Configuration

    mutating func check(_ config: SubscriptionConfiguration) {
        self.check(config.concurrency, 1...1_024, "/config/concurrency", "requests at once")
        self.check(config.batchMax, 1...1_000, "/config/batch/max", "events")
        self.check(config.batchLingerMilliseconds, 0...60_000, "/config/batch/lingerMs", "milliseconds")
        self.check(config.timeoutMilliseconds, 100...600_000, "/config/timeoutMs", "milliseconds")
        self.check(config.retry.attemptsMax, 1...1_000, "/config/retry/maxAttempts", "attempts")
        self.check(config.retry.delayMinMilliseconds, 1...3_600_000, "/config/retry/minDelayMs", "milliseconds")
        self.check(config.retry.delayMaxMilliseconds, 1...86_400_000, "/config/retry/maxDelayMs", "milliseconds")
        self.check(config.retry.ageMaxMilliseconds, 1_000...2_592_000_000, "/config/retry/maxAgeMs", "milliseconds")
        if config.retry.delayMaxMilliseconds < config.retry.delayMinMilliseconds {
            self.note(
                "/config/retry/maxDelayMs", "must not be less than minDelayMs, \(config.retry.delayMinMilliseconds)")
        }
        if let rate = config.rateLimitPerSecond, !(0.001...1_000_000).contains(rate) {
            self.note("/config/rateLimit/perSecond", "must be 0.001 to 1000000 requests a second, not \(rate)")
        }
        self.check(config.transform, deadLetter: config.deadLetter)
        guard case .offset(let topic, let partition, let offset) = config.start else { return }
        if (try? Topic(validating: topic)) == nil {
            self.note("/config/start/topic", "must be a topic: 1 to 249 of the characters a-z A-Z 0-9 . _ -")
        }
        self.check(Int64(partition), 0...Int64(Int32.max) - 1, "/config/start/partition", "as a number")
        self.check(offset, 0...Int64.max - 1, "/config/start/offset", "as a number")
    }

    private mutating func check(_ transform: String?, deadLetter: Bool) {
        guard let transform else { return }
        do throws(TransformFault) { _ = try EventTransform(text: transform) } catch {
            self.note("/config/transform\(error.pointer)", error.detail)
        }
        if !deadLetter {
            self.note(
                "/config/deadLetter",
                "must be true with a transform: an event that it cannot be applied to would hold up its key for ever")
        }
    }

    private mutating func check<Value: BinaryInteger>(
        _ value: Value, _ range: ClosedRange<Value>, _ pointer: String, _ unit: String
    ) {
        guard !range.contains(value) else { return }
        self.note(pointer, "must be \(range.lowerBound) to \(range.upperBound) \(unit), not \(value)")
    }
}
