import NetworkGuard
import Webhooks

extension ConfigurationKey {
    /// The settings of ``RouterConfiguration/Webhooks`` and ``RouterConfiguration/Secrets``.
    static let webhooks: [ConfigurationKey] = [
        .text(
            "webhooks.publicUrl", \.webhooks.publicURL, .any,
            "`https://HOST[:PORT]` under which providers reach the router: what the URLs of endpoints begin with."
        ),
        ConfigurationKey(
            path: ["webhooks", "trustedProxies"], form: .list(.trustedProxies),
            meaning: "Proxies whose `X-Forwarded-For` is believed where an endpoint has `allowedAddresses`."),
        .integer(
            "webhooks.endpointsPerTenantMax", \.webhooks.endpointsPerTenantMax, 1...100_000,
            "Webhook endpoints of one tenant; more are answered with 429."),
        .integer(
            "webhooks.dedupeEntriesMax", \.webhooks.dedupeEntriesMax, 1_000...100_000_000,
            "Accepted deliveries that are remembered so that they are not taken twice, of all endpoints, some 90 bytes "
                + "of memory each; where there are more, the oldest are forgotten before their window ends."),
        .secret(
            "secrets.encryptionKey", \.secrets.encryptionKey,
            "What stored secrets are sealed with: 32 bytes in base64; behind a comma, older keys that still open. "
                + "Without it the embedded log makes `secrets.key` in `log.dataDirectory`; on Kafka none is kept."
        ),
        .text(
            "secrets.encryptionKeyFile", \.secrets.encryptionKeyFile, .any, "A file with `secrets.encryptionKey`."),
    ]
}

extension ConfigurationKey.ListRule {
    /// CIDR ranges.
    static let trustedProxies = Self(
        elementForm: "address or address/length",
        read: { configuration in configuration.webhooks.trustedProxies.map(\.description) },
        write: { (elements, configuration) throws(ConfigurationFault) in
            var networks: [IPNetwork] = []
            for (index, element) in elements.enumerated() {
                let text = element.filter { $0 != " " }
                do throws(IPNetwork.Fault) {
                    let network = try IPNetwork(text)
                    if !networks.contains(network) { networks.append(network) }
                } catch {
                    throw ConfigurationFault("names '\(text)', which \(error.reason)", index: index)
                }
            }
            configuration.webhooks.trustedProxies = networks
        })
}
