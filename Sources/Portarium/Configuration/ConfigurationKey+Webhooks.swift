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
        ConfigurationKey(
            path: ["webhooks", "spool"],
            form: .choice(
                Choice(
                    words: SpoolMode.allCases.map(\.rawValue), read: { $0.webhooks.spool.rawValue },
                    write: { word, configuration in
                        if let mode = SpoolMode(rawValue: word) { configuration.webhooks.spool = mode }
                    })),
            meaning: "Whether webhooks that the log does not take are kept in `spool` in `log.dataDirectory` until it "
                + "does; `auto`: where that can be written. `off` still brings into the log what is there."),
        .integer(
            "webhooks.spoolBytesMax", \.webhooks.spoolBytesMax, 1_048_576...1_099_511_627_776,
            "Bytes of webhooks that are kept there; more are answered with 503."),
        .integer(
            "webhooks.spoolDeliveriesMax", \.webhooks.spoolDeliveriesMax, 1...10_000_000,
            "How many, some 200 bytes of memory each; more are answered with 503."),
        .integer(
            "webhooks.spoolAfterMilliseconds", \.webhooks.spoolAfterMilliseconds, 10...600_000,
            "How long a webhook waits for the log before it is kept there."),
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
