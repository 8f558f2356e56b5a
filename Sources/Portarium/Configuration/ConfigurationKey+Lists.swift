import EventLog
import TokenVerification

extension ConfigurationKey.ListRule {
    /// Words of ``RouterRole``.
    static let roles = Self(
        elementForm: RouterRole.allCases.map(\.rawValue).joined(separator: ", "),
        read: { configuration in configuration.server.roles.map(\.rawValue) },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var roles: [RouterRole] = []
            for (index, element) in elements.enumerated() {
                let word = element.filter { $0 != " " }
                guard let role = RouterRole(rawValue: word) else {
                    throw ConfigurationFault(
                        "names '\(word)', which is no role of this build: choose from ingress, dispatch and api",
                        index: index)
                }
                if !roles.contains(role) { roles.append(role) }
            }
            guard !roles.isEmpty else { throw ConfigurationFault("must name one role at least") }
            configuration.server.roles = roles
        })

    /// Some of the algorithms that tokens can be signed with.
    static let tokenAlgorithms = Self(
        elementForm: TokenVerifierConfiguration.algorithmsKnown.joined(separator: ", "),
        read: { configuration in configuration.auth.jwtAlgorithms },
        write: { (elements, configuration) throws(ConfigurationFault) in
            for (index, element) in elements.enumerated()
            where !TokenVerifierConfiguration.algorithmsKnown.contains(element) {
                let known = TokenVerifierConfiguration.algorithmsKnown.joined(separator: ", ")
                throw ConfigurationFault("'\(element)' must be one of \(known)", index: index)
            }
            guard !elements.isEmpty else { throw ConfigurationFault("must name one algorithm at least") }
            configuration.auth.jwtAlgorithms = elements
        })

    /// Names, one at least.
    static func names(
        _ kind: String, _ path: any WritableKeyPath<RouterConfiguration, [String]> & Sendable
    ) -> Self {
        Self(
            elementForm: kind, read: { $0[keyPath: path] },
            write: { (elements, configuration) throws(ConfigurationFault) in
                guard !elements.isEmpty, !elements.contains("") else {
                    throw ConfigurationFault("must name one \(kind) at least, and none may be empty")
                }
                configuration[keyPath: path] = elements
            })
    }

    /// `typePrefix=topic`, in the order in which they are tried.
    static let routes = Self(
        elementForm: "typePrefix=topic",
        read: { configuration in configuration.routes.map { "\($0.typePrefix)=\($0.topic)" } },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var routes: [TopicRoute] = []
            for (index, element) in elements.enumerated() {
                let (prefix, topic) = try Self.split(element, form: "typePrefix=topic", index: index)
                guard !routes.contains(where: { prefix.hasPrefix($0.typePrefix) }) else {
                    throw ConfigurationFault(
                        "'\(element)' is never reached: a route above it takes the same types", index: index)
                }
                if let fault = TopicRoute.fault(ofTopic: topic) { throw ConfigurationFault(fault, index: index) }
                routes.append(TopicRoute(typePrefix: prefix, topic: try Self.topic(topic, index: index)))
            }
            configuration.routes = routes
        })

    /// `topic=number`, each topic once.
    static func topicSettings(
        _ range: ClosedRange<Int>, _ path: any WritableKeyPath<RouterConfiguration, [TopicSetting]> & Sendable
    ) -> Self {
        Self(
            elementForm: "topic=number",
            read: { configuration in configuration[keyPath: path].map { "\($0.topic)=\($0.value)" } },
            write: { (elements, configuration) throws(ConfigurationFault) in
                var settings: [TopicSetting] = []
                for (index, element) in elements.enumerated() {
                    let (name, text) = try Self.split(element, form: "topic=number", index: index)
                    let topic = try Self.topic(name, index: index)
                    guard let value = Int(text), range.contains(value) else {
                        let bounds =
                            range.upperBound == .max
                            ? "\(range.lowerBound) or more"
                            : "\(range.lowerBound) to \(range.upperBound)"
                        throw ConfigurationFault("'\(element)': the number must be \(bounds)", index: index)
                    }
                    guard !settings.contains(where: { $0.topic == topic }) else {
                        throw ConfigurationFault("'\(topic)' is named twice", index: index)
                    }
                    settings.append(TopicSetting(topic: topic, value: value))
                }
                configuration[keyPath: path] = settings
            })
    }

    /// `tenant=weight`, each tenant once.
    static let tenantWeights = Self(
        elementForm: "tenant=weight",
        read: { configuration in configuration.dispatch.tenantWeights.map { "\($0.tenant)=\($0.weight)" } },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var weights: [TenantWeight] = []
            for (index, element) in elements.enumerated() {
                let (tenant, text) = try Self.split(element, form: "tenant=weight", index: index)
                do throws(ConfigurationFault) {
                    try ConfigurationKey.check(tenant, .tenant)
                } catch {
                    throw ConfigurationFault("'\(element)': the tenant \(error.message)", index: index)
                }
                guard let weight = Int(text), (1...1_000).contains(weight) else {
                    throw ConfigurationFault("'\(element)': the weight must be 1 to 1000", index: index)
                }
                guard !weights.contains(where: { $0.tenant == tenant }) else {
                    throw ConfigurationFault("'\(tenant)' is named twice", index: index)
                }
                weights.append(TenantWeight(tenant: tenant, weight: weight))
            }
            configuration.dispatch.tenantWeights = weights
        })

    /// `HOST:PORT`, IPv6 in brackets.
    static let brokers = Self(
        elementForm: "host:port",
        read: { configuration in configuration.kafka.brokers },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var brokers: [String] = []
            for (index, element) in elements.enumerated() {
                let broker = element.filter { $0 != " " }
                if let fault = Self.fault(ofBroker: broker) { throw ConfigurationFault(fault, index: index) }
                if !brokers.contains(broker) { brokers.append(broker) }
            }
            configuration.kafka.brokers = brokers
        })

    private static func fault(ofBroker broker: String) -> String? {
        if broker.contains("://") {
            return "'\(broker)' must be written host:port without a scheme: encryption is kafka.tls"
        }
        guard let colon = broker.lastIndex(of: ":"), let port = Int(broker[broker.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return "'\(broker)' must be written host:port with a port of 1 to 65535" }
        let host = broker[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        guard !host.isEmpty, isBracketed || !host.contains(where: { ":[]/@".contains($0) }) else {
            return "'\(broker)' must be written host:port, an IPv6 address in brackets"
        }
        return nil
    }

    /// `name=value`; no message holds a value.
    static let kafkaProperties = Self(
        elementForm: "name=value",
        read: { configuration in configuration.kafka.properties.map { "\($0.name)=\($0.value)" } },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var properties: [KafkaProperty] = []
            for (index, element) in elements.enumerated() {
                guard let separator = element.firstIndex(of: "="), separator != element.startIndex else {
                    throw ConfigurationFault("must have elements written name=value", index: index)
                }
                let name = String(element[..<separator])
                if let fault = KafkaProperty.fault(ofName: name) { throw ConfigurationFault(fault, index: index) }
                guard !properties.contains(where: { $0.name == name }) else {
                    throw ConfigurationFault("names '\(name)' twice", index: index)
                }
                properties.append(
                    KafkaProperty(name: name, value: Secret(String(element[element.index(after: separator)...]))))
            }
            configuration.kafka.properties = properties
        })

    /// Splits at the last `=`: a type may hold one, a topic may not.
    private static func split(
        _ element: String, form: String, index: Int
    ) throws(ConfigurationFault) -> (String, String) {
        guard let separator = element.lastIndex(of: "="), separator != element.startIndex,
            element.index(after: separator) != element.endIndex
        else { throw ConfigurationFault("'\(element)' must be written \(form)", index: index) }
        return (String(element[..<separator]), String(element[element.index(after: separator)...]))
    }

    private static func topic(_ name: String, index: Int) throws(ConfigurationFault) -> String {
        do { return try Topic(validating: name).name } catch {
            throw ConfigurationFault(error.message, index: index)
        }
    }
}
