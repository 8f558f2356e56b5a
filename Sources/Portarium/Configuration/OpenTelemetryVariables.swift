/// The variables of OpenTelemetry (`OTEL_…`) as settings of the router, so that what a platform tells all its programs
/// holds here too (OpenTelemetry, "Environment Variable Specification" and "OTLP Exporter Configuration").
struct OpenTelemetryVariables: Sendable {
    private let environment: [String: String]

    /// - Parameter environment: of the process. An empty variable counts as none.
    init(_ environment: [String: String]) {
        self.environment = environment.filter { $0.key.hasPrefix("OTEL_") && !$0.value.isEmpty }
    }

    /// Settings by dotted name, and what is said of variables that cannot be used: none keeps the router from starting.
    /// - Parameter fault: what is wrong with a setting's text; nil where it can be taken.
    func settings(
        isTaken fault: (_ setting: String, _ text: String) -> String?
    ) -> (settings: [String: String], warnings: [String]) {
        guard self.environment["OTEL_SDK_DISABLED"]?.lowercased() != "true",
            self.environment["OTEL_TRACES_EXPORTER", default: "otlp"].split(separator: ",").contains("otlp")
        else { return ([:], []) }
        var settings: [String: String] = [:]
        var warnings: [String] = []
        for (setting, variable, text) in self.candidates(&warnings) {
            if let fault = fault(setting, text) {
                warnings.append("\(variable) is not used: \(fault)")
            } else {
                settings[setting] = text
            }
        }
        return (settings, warnings)
    }

    private func candidates(_ warnings: inout [String]) -> [(setting: String, variable: String, text: String)] {
        var candidates: [(setting: String, variable: String, text: String)] = []
        func add(_ setting: String, _ variable: String, _ translate: (String) -> String? = { $0 }) {
            guard let value = self.environment[variable] else { return }
            if let text = translate(value) {
                candidates.append((setting, variable, text))
            } else {
                warnings.append("\(variable) is not used: '\(value)' is not known here")
            }
        }
        /// The one of spans alone counts before that of all signals.
        func addExport(_ setting: String, _ name: String, _ translate: (String) -> String? = { $0 }) {
            let own = "OTEL_EXPORTER_OTLP_TRACES_" + name
            add(setting, self.environment[own] == nil ? "OTEL_EXPORTER_OTLP_" + name : own, translate)
        }
        let encodings = ["http/protobuf": "protobuf", "http/json": "json"]
        addExport("tracing.encoding", "PROTOCOL") { encodings[$0] }
        // A collector that is named for a protocol that is not spoken would understand nothing.
        if warnings.isEmpty { self.addEndpoint(add) }
        addExport("tracing.headers", "HEADERS")
        addExport("tracing.timeoutMilliseconds", "TIMEOUT")
        addExport("tracing.gzip", "COMPRESSION") { ["gzip": "true", "none": "false"][$0] }
        add("tracing.serviceName", "OTEL_SERVICE_NAME")
        add("tracing.resourceAttributes", "OTEL_RESOURCE_ATTRIBUTES")
        if self.environment["OTEL_SERVICE_NAME"] == nil, let name = self.serviceName {
            candidates.append(("tracing.serviceName", "OTEL_RESOURCE_ATTRIBUTES", name))
        }
        add("tracing.sampleRatio", "OTEL_TRACES_SAMPLER") { self.ratio(ofSampler: $0) }
        add("tracing.queueSpansMax", "OTEL_BSP_MAX_QUEUE_SIZE")
        add("tracing.batchSpansMax", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE")
        add("tracing.intervalMilliseconds", "OTEL_BSP_SCHEDULE_DELAY")
        return candidates
    }

    private func addEndpoint(_ add: (String, String, (String) -> String?) -> Void) {
        if self.environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] != nil {
            // Taken as it is: without a path it is the root.
            add("tracing.endpoint", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") { url in
                ExportEndpoint.url(of: url) == url ? url : url + "/"
            }
        } else {
            add("tracing.endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT") { ExportEndpoint.url(ofBase: $0) }
        }
    }

    /// `service.name` among the attributes.
    private var serviceName: String? {
        let pairs = self.environment["OTEL_RESOURCE_ATTRIBUTES"].flatMap { PercentEncodedPairs.pairs($0) }
        return pairs?.last { $0.name == "service.name" }?.value
    }

    /// Parents' decisions are always kept; what a sampler says of roots is the ratio.
    private func ratio(ofSampler sampler: String) -> String? {
        switch sampler {
        case "always_on", "parentbased_always_on": "1"
        case "always_off", "parentbased_always_off": "0"
        case "traceidratio", "parentbased_traceidratio": self.environment["OTEL_TRACES_SAMPLER_ARG"] ?? "1"
        default: nil
        }
    }
}
