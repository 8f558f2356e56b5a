import CloudEvents
import EventLog
import HTTPServing
import NetworkGuard
import Subscriptions

/// Collects what is wrong with the members of a document, so that one answer names all of it.
struct FieldFaults {
    /// Filters of one document at most.
    static let filtersMax = 100

    private(set) var errors: [ProblemDetails.FieldError] = []

    mutating func add(_ pointer: String, _ detail: String) {
        self.errors.append(.init(pointer: pointer, detail: detail))
    }

    /// 422 with all of it; the sentence is about the first.
    var problem: ProblemError {
        let sentence = self.errors.first.map { "\($0.pointer.isEmpty ? "the document" : $0.pointer) \($0.detail)" }
        let more = self.errors.count > 1 ? " (and \(self.errors.count - 1) more)" : ""
        return ProblemError(.unprocessable, (sentence ?? "the document is wrong") + more, errors: self.errors)
    }

    /// - Throws: ``problem`` where there is any.
    func throwIfAny() throws(ProblemError) {
        if !self.errors.isEmpty { throw self.problem }
    }

    mutating func time(_ pointer: String, _ text: String?) -> Timestamp? {
        guard let text else { return nil }
        guard let milliseconds = RFC3339.milliseconds(text) else {
            self.add(pointer, "must be an RFC 3339 time such as 2026-01-31T12:00:00Z")
            return nil
        }
        return Timestamp(milliseconds: milliseconds)
    }

    mutating func topic(_ pointer: String, _ name: String) -> Topic? {
        do {
            return try Topic(validating: name)
        } catch {
            self.add(pointer, "must be a topic name: 1 to 249 of the characters a-z A-Z 0-9 . _ -")
            return nil
        }
    }

    /// Filters that were decoded, each valid by itself: their number, and the limits that they share.
    mutating func filters(_ pointer: String, _ filters: [Filter]) {
        guard filters.count <= Self.filtersMax else {
            return self.add(pointer, "must have at most \(Self.filtersMax) filters")
        }
        guard !filters.isEmpty else { return }
        do throws(FilterError) {
            let missing = try CompiledFilter(allOf: filters).missingFunctions
            if let function = missing.first {
                self.add(pointer, "calls \(function.name), which CESQL does not have: \(function.mend)")
            }
        } catch {
            self.add(pointer + error.pointer, error.detail)
        }
    }

    /// A URL, to a host that the router may send to. Names are taken for good here: what they mean is looked at
    /// whenever something is sent.
    mutating func sink(_ pointer: String, _ text: String, _ policy: NetworkPolicy) {
        do throws(SinkURLError) {
            let url = try SinkURL(text)
            if let refusal = policy.refusal(ofHost: url.host) {
                self.add(
                    pointer,
                    "has the host '\(url.host)', which is \(refusal.addressClass.phrase): the router sends to the "
                        + "public network only; whoever runs it can allow others with sink.allowedNetworks")
            }
        } catch {
            self.add(pointer, error.reason)
        }
    }

    mutating func subscriptionName(_ pointer: String, _ name: String) {
        if !SubscriptionID.isValid(name: name) {
            self.add(pointer, "must be a subscription's id: 1 to 128 of the characters A-Z a-z 0-9 . _ ~ -")
        }
    }
}
