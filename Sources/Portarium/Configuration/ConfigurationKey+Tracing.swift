extension ConfigurationKey {
    /// The settings of ``RouterConfiguration/Tracing``.
    static let tracing: [ConfigurationKey] = Self.tracingTarget + Self.tracingBounds

    private static let tracingTarget: [ConfigurationKey] = [
        .text(
            "tracing.endpoint", \.tracing.endpoint, .optionalURL,
            "Where spans are posted to (OTLP/HTTP); a URL without a path gets `/v1/traces`. Nothing: none are "
                + "recorded; see [tracing.md](tracing.md)."),
        ConfigurationKey(
            path: ["tracing", "encoding"],
            form: .choice(
                Choice(
                    words: SpanEncoding.allCases.map(\.rawValue), read: { $0.tracing.encoding.rawValue },
                    write: { word, configuration in
                        if let encoding = SpanEncoding(rawValue: word) { configuration.tracing.encoding = encoding }
                    })),
            meaning: "How spans are written."),
        ConfigurationKey(
            path: ["tracing", "gzip"], form: .boolean(\.tracing.gzip), meaning: "Whether requests are compressed."),
        .secret(
            "tracing.headers", \.tracing.headers,
            "Headers of every request to the collector: `name=value` with commas between, values percent-encoded."),
        .text("tracing.headersFile", \.tracing.headersFile, .any, "A file with `tracing.headers`."),
        ConfigurationKey(
            path: ["tracing", "sampleRatio"], form: .number(0...1, \.tracing.sampleRatio),
            meaning:
                "Of the traces that begin in the router, how many are recorded; those that come with a decision keep "
                + "it."),
        .text("tracing.serviceName", \.tracing.serviceName, .filled, "`service.name` of every span."),
        ConfigurationKey(
            path: ["tracing", "resourceAttributes"], form: .list(.resourceAttributes),
            meaning: "What else every span says of the process, such as `deployment.environment.name=production`; "
                + "values percent-encoded."),
    ]

    private static let tracingBounds: [ConfigurationKey] = [
        .integer(
            "tracing.timeoutMilliseconds", \.tracing.timeoutMilliseconds, 1...600_000,
            "How long one request to the collector may take."),
        .integer(
            "tracing.queueSpansMax", \.tracing.queueSpansMax, 1...1_000_000,
            "Spans that wait to be sent; further ones are dropped and counted."),
        .integer(
            "tracing.queueBytesMax", \.tracing.queueBytesMax, 65_536...1_073_741_824,
            "About how many bytes of memory they have."),
        .integer("tracing.batchSpansMax", \.tracing.batchSpansMax, 1...100_000, "Spans of one request."),
        .integer(
            "tracing.intervalMilliseconds", \.tracing.intervalMilliseconds, 10...600_000,
            "How long a span waits for others."),
        .integer(
            "tracing.retryMilliseconds", \.tracing.retryMilliseconds, 0...3_600_000,
            "For how long one request is repeated while the collector is not there, or says so."),
        .integer(
            "tracing.flushMilliseconds", \.tracing.flushMilliseconds, 0...600_000,
            "How long a shutdown waits for spans that are left."),
    ]
}

extension ConfigurationKey.ListRule {
    /// `name=value`, each name once.
    static let resourceAttributes = Self(
        elementForm: "name=value",
        read: { configuration in configuration.tracing.resourceAttributes.map { "\($0.name)=\($0.value)" } },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var attributes: [ResourceAttribute] = []
            for (index, element) in elements.enumerated() {
                guard let pair = PercentEncodedPairs.pair(element) else {
                    throw ConfigurationFault("'\(element)' must be written name=value, percent-encoded", index: index)
                }
                guard !attributes.contains(where: { $0.name == pair.name }) else {
                    throw ConfigurationFault("'\(pair.name)' is named twice", index: index)
                }
                attributes.append(ResourceAttribute(name: pair.name, value: pair.value))
            }
            configuration.tracing.resourceAttributes = attributes
        })
}
