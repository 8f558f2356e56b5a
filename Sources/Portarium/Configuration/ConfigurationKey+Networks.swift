import NetworkGuard

extension ConfigurationKey.ListRule {
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
