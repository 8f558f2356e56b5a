import NIOCore

extension CloudEvent {
    /// Checks an event built by hand against the specification: required attributes, names, values and their types, and
    /// the limits. Events that a decoder made pass.
    ///
    /// `data` is opaque and not looked at. A version other than 1.0 does not pass: only decoders turn 0.3 into 1.0.
    /// - Throws: ``CloudEventError`` for the first fault in the order of the attributes.
    public func validate(limits: CloudEventLimits = CloudEventLimits()) throws(CloudEventError) {
        var collector = AttributeCollector(
            reservingCapacity: self.attributes.bytes.readableBytes, limits: limits, checksGrammar: true)
        var fault: CloudEventError?
        self.attributes.forEach { name, value, kind in
            guard fault == nil else { return }
            do throws(CloudEventError) {
                guard AttributeInteger.isCanonical(value, kind) else {
                    throw .value(name, "is not the canonical text of its type")
                }
                try collector.add(name: name, value: value, kind: kind)
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        try collector.checkRequired()
        guard collector.version == .v1 else {
            throw CloudEventError(
                .unsupportedSpecVersion, attribute: "specversion", reason: "must be \"1.0\"")
        }
        try collector.checkSize(dataBytes: self.data?.readableBytes ?? 0)
    }

    /// Bytes of names, values and data together: what ``CloudEventLimits/eventBytesMax`` counts.
    public var sizeBytes: Int {
        self.attributes.bytes.readableBytes - 6 * self.attributes.count + (self.data?.readableBytes ?? 0)
    }

    /// Whether the data is itself said to be CloudEvents, so that a binding would take it for structured mode.
    var carriesCloudEvents: Bool {
        self.attributes.withValue(of: ContextAttribute.datacontenttype.nameBytes) { _, value in
            MediaType.startsLikeCloudEvents(value)
        } ?? false
    }
}
