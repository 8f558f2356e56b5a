import NetworkGuard
import Subscriptions

extension ConfigurationKey.ListRule {
    /// `URL=number`, each destination once.
    static let destinationRates = Self(
        elementForm: "url=number",
        read: { configuration in configuration.sink.destinationRates.map { "\($0.origin)=\($0.perSecond)" } },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var rates: [DestinationRate] = []
            for (index, element) in elements.enumerated() {
                let parts = element.filter { $0 != " " }.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2, let origin = SinkURL.origin(ofSink: parts[0]) else {
                    throw ConfigurationFault(
                        "'\(element)' must be written url=number, such as https://api.example.com=50", index: index)
                }
                guard let perSecond = Int(parts[1]), (1...1_000_000).contains(perSecond) else {
                    throw ConfigurationFault("'\(element)': the number must be 1 to 1000000", index: index)
                }
                guard !rates.contains(where: { $0.origin == origin }) else {
                    throw ConfigurationFault("'\(origin)' is named twice", index: index)
                }
                rates.append(DestinationRate(origin: origin, perSecond: perSecond))
            }
            configuration.sink.destinationRates = rates
        })

    /// Addresses, networks, and `auto`.
    static let allowedNetworks = Self(
        elementForm: "\(AllowedNetworks.automaticWord), address or address/length",
        read: { configuration in
            let allowed = configuration.sink.allowedNetworks
            return (allowed.isAutomatic ? [AllowedNetworks.automaticWord] : []) + allowed.networks.map(\.description)
        },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var allowed = AllowedNetworks(isAutomatic: false, networks: [])
            for (index, element) in elements.enumerated() {
                let text = element.filter { $0 != " " }
                guard text != AllowedNetworks.automaticWord else {
                    allowed.isAutomatic = true
                    continue
                }
                do throws(IPNetwork.Fault) {
                    let network = try IPNetwork(text)
                    if !allowed.networks.contains(network) { allowed.networks.append(network) }
                } catch {
                    throw ConfigurationFault("names '\(text)', which \(error.reason)", index: index)
                }
            }
            configuration.sink.allowedNetworks = allowed
        })

    /// Names of hosts.
    static let allowedHosts = Self(
        elementForm: "host name",
        read: { configuration in configuration.sink.allowedHosts },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var hosts: [String] = []
            for (index, element) in elements.enumerated() {
                let text = element.filter { $0 != " " }
                switch HostName(text) {
                case .name(let name): if !hosts.contains(name) { hosts.append(name) }
                case .address:
                    throw ConfigurationFault(
                        "names '\(text)', an address: addresses belong in sink.allowedNetworks", index: index)
                case .malformed:
                    throw ConfigurationFault(
                        "names '\(text)', which must be the name of a host such as hooks.example.internal, without "
                            + "scheme and port", index: index)
                }
            }
            configuration.sink.allowedHosts = hosts
        })
}
