import CloudEvents
import EventLog
import NIOCore
import Transforms
import WebhookSignatures

/// Makes events of webhooks that are known to be genuine: the endpoint's own templates first, then its provider's, then
/// what always is there. Total, but for bodies that are not what their content type says. Knows no clock.
public struct WebhookTranslator: Sendable {
    private static let jsonType = "application/json"
    private static let formType = "application/x-www-form-urlencoded"

    private let endpoint: WebhookEndpoint
    private let rules: ProviderRules
    /// What the endpoint says itself; nil: nothing.
    private let own: CompiledTemplates?
    private let limits: CloudEventLimits

    /// - Parameter limits: of the events that come of it.
    public init(_ endpoint: WebhookEndpoint, limits: CloudEventLimits) {
        self.endpoint = endpoint
        self.rules = ProviderRules.rules(of: endpoint.provider)
        self.own = endpoint.mapping.templates.isEmpty ? nil : CompiledTemplates(endpoint.mapping)
        self.limits = limits
    }

    /// Whether senders choose ids that tell events apart only together with their sources.
    public var takesEvents: Bool { self.rules.takesEvents }

    /// The events of a request, one or more; data are the bytes as they came.
    ///
    /// - Parameters:
    ///   - request: names of headers in small letters.
    ///   - arrival: when it came, which is the time of an event that does not say its own.
    /// - Throws: `malformedJSON` for a body that is said to be JSON and is not; `limitExceeded` for a batch or an event
    ///   that is too large; what a decoder says of a body that is said to be CloudEvents and is not.
    public func events(
        of request: WebhookRequest, arrival: Timestamp
    ) throws(CloudEventError) -> [CloudEvent] {
        let content = WebhookContent(headers: request.headers, endpoint: self.endpoint.id, hashed: request.body)
        let contentType = content.header("content-type")
        if let events = try self.ready(request, content, contentType) { return events }
        var work = TemplateWork(bytes: request.body.readableBytes)
        if self.rules.isBatch { return try self.batch(content, arrival, &work) }
        let event = try self.event(content, contentType, arrival, &work)
        return [event]
    }

    /// What is CloudEvents already; nil for everything else. A batch may be empty.
    private func ready(
        _ request: WebhookRequest, _ content: WebhookContent, _ contentType: String?
    ) throws(CloudEventError) -> [CloudEvent]? {
        guard self.rules.takesEvents else { return nil }
        switch try HTTPBinding.mode(ofContentType: contentType) {
        case .structured: return [try JSONEventFormat.decode(request.body, limits: self.limits)]
        case .batched: return try JSONEventFormat.decodeBatch(request.body, limits: self.limits)
        case .binary:
            guard content.header("ce-specversion") != nil else { return nil }
            return [
                try HTTPBinding.decodeBinary(
                    headers: request.headers, contentType: contentType, body: request.body, limits: self.limits)
            ]
        }
    }

    private func event(
        _ plain: WebhookContent, _ contentType: String?, _ arrival: Timestamp, _ work: inout TemplateWork
    ) throws(CloudEventError) -> CloudEvent {
        var content = plain
        content.kind = self.rules.kindHeaders.lazy.compactMap { plain.header($0) }.first
        let type = Self.essence(contentType)
        var document = content.hashed
        var isJSON = type.map { $0 == Self.jsonType || $0.hasSuffix("+json") }
        if type == Self.formType {
            content.fields = FormFields.fields(of: content.hashed.readableBytesView)
            // Where the form is an envelope, what is in it counts: GitHub's and Slack's way.
            document = ByteBuffer(string: content.field("payload") ?? "")
            isJSON = nil
        }
        let templates = content.kind.flatMap { self.rules.kinds[$0] } ?? self.rules.other
        let values: Values
        do throws(CloudEventError) {
            values = try self.values(templates, document)
            isJSON = isJSON ?? (type == nil)
        } catch {
            guard isJSON != true else { throw error }
            isJSON = false
            values = Values(own: [], known: [String?](repeating: nil, count: templates.paths.count))
        }
        var dataType = contentType.flatMap { AttributeRepair.isMediaType($0) ? $0 : nil }
        if dataType == nil { dataType = isJSON == true ? Self.jsonType : "application/octet-stream" }
        return try self.event(content, templates, values, data: content.hashed, type: dataType ?? "", arrival, &work)
    }

    private func batch(
        _ content: WebhookContent, _ arrival: Timestamp, _ work: inout TemplateWork
    ) throws(CloudEventError) -> [CloudEvent] {
        let entries = try JSONBatches.entries(
            of: content.hashed, entriesMax: self.limits.batchEventsMax, nestingMax: self.limits.jsonNestingMax)
        var events: [CloudEvent] = []
        var seen: [String: Int] = [:]
        for entry in entries {
            var part = WebhookContent(
                headers: content.headers, endpoint: content.endpoint, hashed: entry.text, kind: entry.name)
            part.salt = entry.name
            // The same twice in one body is two events; in another body it is a retry.
            let repetition = seen[part.hash, default: 0]
            seen[part.hash] = repetition + 1
            if repetition > 0 { part.salt += "#\(repetition)" }
            let values = try self.values(self.rules.other, entry.text)
            events.append(
                try self.event(part, self.rules.other, values, data: entry.text, type: Self.jsonType, arrival, &work))
        }
        return events
    }

    /// What was found in a body for the endpoint's templates and for the provider's.
    private struct Values {
        var own: [String?]
        var known: [String?]
    }

    private func values(_ templates: CompiledTemplates, _ text: ByteBuffer) throws(CloudEventError) -> Values {
        Values(
            own: try self.own.map { (own) throws(CloudEventError) in try self.members(own, text) } ?? [],
            known: try self.members(templates, text))
    }

    private func members(_ templates: CompiledTemplates, _ text: ByteBuffer) throws(CloudEventError) -> [String?] {
        try text.withBytes { bytes throws(CloudEventError) in
            try templates.paths.values(in: bytes, nestingMax: self.limits.jsonNestingMax)
        }
    }

    /// - Parameter work: what the endpoint's own templates may still take; those of the router have their own.
    private func event(
        _ content: WebhookContent, _ templates: CompiledTemplates, _ values: Values, data: ByteBuffer, type: String,
        _ arrival: Timestamp, _ work: inout TemplateWork
    ) throws(CloudEventError) -> CloudEvent {
        var knownWork = TemplateWork(bytes: content.hashed.readableBytes)
        func value(_ attribute: WebhookMapping.Attribute) -> String? {
            if let own, values.own.count == own.paths.count,
                let value = own.value(of: attribute, in: content, values.own, work: &work)
            {
                return value
            }
            return templates.value(of: attribute, in: content, values.known, work: &knownWork)
        }
        func last(_ attribute: WebhookMapping.Attribute) -> String {
            ProviderRules.generic.other.value(of: attribute, in: content, [], work: &knownWork) ?? "webhook"
        }
        var event = CloudEvent(
            id: value(.id) ?? content.hash, source: value(.source) ?? last(.source), type: value(.type) ?? last(.type),
            data: data)
        if let subject = value(.subject) { event.attributes.append(name: "subject", value: subject) }
        event.attributes.append(
            name: "time", value: value(.time) ?? RFC3339.text(milliseconds: arrival.milliseconds))
        event.attributes.append(name: "datacontenttype", value: type)
        if let key = value(.partitionkey) { event.attributes.append(name: "partitionkey", value: key) }
        try event.validate(limits: self.limits)
        return event
    }

    /// The media type without its parameters, in small letters.
    private static func essence(_ contentType: String?) -> String? {
        guard let contentType, contentType != self.jsonType else { return contentType }
        let essence = contentType.prefix { $0 != ";" }
        return essence.lowercased().filter { $0 != " " && $0 != "\t" }
    }
}

extension ByteBuffer {
    /// Like `withUnsafeReadableBytes`, with the type of what is thrown.
    fileprivate func withBytes<R>(
        _ body: (UnsafeRawBufferPointer) throws(CloudEventError) -> R
    ) throws(CloudEventError) -> R {
        let result: Result<R, CloudEventError> = self.withUnsafeReadableBytes { bytes in
            do throws(CloudEventError) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
