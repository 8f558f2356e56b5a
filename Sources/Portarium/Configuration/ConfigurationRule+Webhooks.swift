import RouterAPI
import SecretSealing

extension ConfigurationRule {
    /// What must hold of settings of ``RouterConfiguration/Webhooks`` and ``RouterConfiguration/Secrets``.
    static let webhooks: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["webhooks.publicUrl"],
            message: "webhooks.publicUrl must be http://HOST[:PORT] or https://HOST[:PORT], without a path",
            holds: { configuration in
                let url = configuration.webhooks.publicURL
                return url.isEmpty || WebhookEndpointURL.isBase(url)
            }),
        ConfigurationRule(
            keys: ["secrets.encryptionKey"],
            message:
                "secrets.encryptionKey must be keys of 32 bytes in base64, such as 'openssl rand -base64 32' makes, "
                + "with commas between them",
            holds: { configuration in
                let key = configuration.secrets.encryptionKey
                return key.isEmpty || (try? SecretKeyring(key.revealed)) != nil
            }),
    ]
}
