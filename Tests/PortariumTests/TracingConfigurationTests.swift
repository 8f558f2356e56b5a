import Testing

@testable import Portarium

/// Settings of tracing, and OpenTelemetry's variables that say the same.
struct TracingConfigurationTests {
    private static func read(
        _ environment: [String: String], yaml: String? = nil
    ) async throws -> RouterConfigurationReader.Reading {
        guard let yaml else { return try await RouterConfigurationReader(environment: environment).read() }
        return try await TemporaryFile.with(yaml) { file in
            try await RouterConfigurationReader(environment: environment, file: file.path).read()
        }
    }

    private static func fault(_ yaml: String) -> String? {
        ConfigurationCheck(Array(yaml.utf8)).issues.first?.message
    }

    @Test func nothingIsRecordedWithoutAnEndpoint() async throws {
        let reading = try await Self.read([:], yaml: "tracing: {sampleRatio: 1, serviceName: bus}")
        #expect(!reading.configuration.isTraced)
    }

    @Test(arguments: [("0", 0), ("1", 1), ("0.25", 0.25), ("1.0", 1), ("1e-2", 0.01)])
    func theRatioIsReadFromAFileAndAVariable(text: String, ratio: Double) async throws {
        let file = try await Self.read([:], yaml: "tracing: {sampleRatio: \(text)}")
        #expect(file.configuration.tracing.sampleRatio == ratio)
        let variable = try await Self.read(["PORTARIUM_TRACING_SAMPLE_RATIO": text])
        #expect(variable.configuration.tracing.sampleRatio == ratio)
    }

    @Test(arguments: ["1.5", "-0.1", "many", "[1]", "nan"])
    func whatIsNoRatioIsRefused(text: String) async {
        #expect(Self.fault("tracing: {sampleRatio: \(text)}")?.contains("0.0 to 1.0") == true)
        await #expect(throws: CommandFailure.self) {
            try await Self.read(["PORTARIUM_TRACING_SAMPLE_RATIO": text])
        }
    }

    @Test(arguments: [
        "collector:4318", "ftp://h/", "http://", "http://u:p@h/", "http://h:0/", "http://h:99999/", "http://h/#x",
        "/v1",
    ])
    func whatIsNoCollectorsURLIsRefused(url: String) {
        #expect(Self.fault("tracing: {endpoint: \"\(url)\"}")?.contains("http://HOST") == true)
    }

    @Test(arguments: [
        ("http://h:4318", "http://h:4318/v1/traces"), ("http://h:4318/", "http://h:4318/"),
        ("https://h/otlp/v1/traces", "https://h/otlp/v1/traces"), ("http://[::1]:4318", "http://[::1]:4318/v1/traces"),
        ("http://h?x=1", "http://h?x=1"),
    ])
    func aURLWithoutAPathGetsTheUsualOne(text: String, url: String) {
        #expect(ExportEndpoint.isUsable(text))
        #expect(ExportEndpoint.url(of: text) == url)
    }

    @Test(arguments: [
        "x", "a b=c", "=c", "content-type=x", "Host=x", "a=%zz", "a=%0a", "a=%00", "a=b,c", "a=é", "a=%c3%a9", "a=%1",
    ])
    func whatAreNoHeadersIsRefusedAndNotShown(text: String) {
        let fault = Self.fault("tracing: {headers: \"\(text)\"}")
        #expect(fault?.contains("tracing.headers must be") == true)
        #expect(fault?.contains(text) == false || text == "x")
    }

    @Test func headersAndAttributesArePercentDecoded() {
        let pairs = PercentEncodedPairs.pairs("authorization=Bearer%20x , x-team=a=b,")
        #expect(pairs?.map(\.name) == ["authorization", "x-team"])
        #expect(pairs?.map(\.value) == ["Bearer x", "a=b"])
        #expect(PercentEncodedPairs.pairs("")?.isEmpty == true)
        #expect(PercentEncodedPairs.pairs("a=%+1") == nil)
        #expect(PercentEncodedPairs.pairs("a=%c3") == nil)
    }

    @Test func whatOpenTelemetrySaysHoldsWhereNothingElseDoes() async throws {
        let environment = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://agent:4318/", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "api-key=s%20x", "OTEL_EXPORTER_OTLP_HEADERS": "other=1",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "500", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
            "OTEL_SERVICE_NAME": "bus", "OTEL_RESOURCE_ATTRIBUTES": "service.name=x,deployment.environment.name=a%2Cb",
            "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.5",
            "OTEL_BSP_MAX_QUEUE_SIZE": "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "10", "OTEL_BSP_SCHEDULE_DELAY": "50",
        ]
        let reading = try await Self.read(environment)
        #expect(reading.warnings == [])
        let tracing = reading.configuration.tracing
        #expect(tracing.endpoint == "http://agent:4318/v1/traces" && tracing.encoding == .json && tracing.gzip)
        #expect(tracing.headers == Secret("api-key=s%20x"))
        #expect(tracing.timeoutMilliseconds == 500 && tracing.sampleRatio == 0.5)
        #expect(tracing.serviceName == "bus")
        #expect(tracing.resourceAttributes.last == ResourceAttribute(name: "deployment.environment.name", value: "a,b"))
        #expect(tracing.queueSpansMax == 100 && tracing.batchSpansMax == 10 && tracing.intervalMilliseconds == 50)
        let overruled = try await Self.read(environment, yaml: "tracing: {endpoint: \"http://own/x\", sampleRatio: 1}")
        #expect(overruled.configuration.tracing.endpoint == "http://own/x")
        #expect(overruled.configuration.tracing.sampleRatio == 1)
        let variable = try await Self.read(
            environment.merging(["PORTARIUM_TRACING_SERVICE_NAME": "mine"]) { $1 },
            yaml: "tracing: {serviceName: file}")
        #expect(variable.configuration.tracing.serviceName == "mine")
    }

    @Test func theEndpointOfSpansAloneIsTakenAsItIs() async throws {
        let own = try await Self.read([
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://h:4318", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://other",
        ])
        #expect(own.configuration.tracing.endpoint == "http://h:4318/")
        let named = try await Self.read(["OTEL_RESOURCE_ATTRIBUTES": "service.name=x"])
        #expect(named.configuration.tracing.serviceName == "x")
    }

    @Test func aFileOfHeadersCountsBeforeTheVariableAndIsJudged() async throws {
        try await TemporaryFile.with("api-key=mine\n") { file in
            let reading = try await Self.read(
                ["OTEL_EXPORTER_OTLP_HEADERS": "api-key=other"], yaml: "tracing: {headersFile: \(file.path)}")
            #expect(reading.configuration.tracing.headers.revealed == "api-key=mine")
        }
        try await TemporaryFile.with("content-type=mine") { file in
            _ = await #expect(throws: CommandFailure.self) {
                try await Self.read([:], yaml: "tracing: {headersFile: \(file.path)}")
            }
        }
    }

    @Test func aVariableThatCannotBeUsedIsNamedAndKeepsNobodyFromStarting() async throws {
        let reading = try await Self.read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://agent:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
            "OTEL_EXPORTER_OTLP_HEADERS": "a secret", "OTEL_EXPORTER_OTLP_TIMEOUT": "soon",
            "OTEL_TRACES_SAMPLER": "xray",
        ])
        #expect(!reading.configuration.isTraced)
        #expect(reading.configuration.tracing == RouterConfiguration.Tracing())
        #expect(reading.warnings.count == 4)
        #expect(reading.warnings.contains { $0.hasPrefix("OTEL_EXPORTER_OTLP_PROTOCOL is not used") })
        #expect(!reading.warnings.contains { $0.contains("a secret") })
    }

    @Test(arguments: [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")])
    func openTelemetryCanBeSwitchedOff(variable: String, value: String) async throws {
        let reading = try await Self.read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://agent:4318", variable: value,
        ])
        #expect(!reading.configuration.isTraced)
    }
}
