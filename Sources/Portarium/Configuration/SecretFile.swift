/// A secret that may be in a file of its own, as platforms mount them.
struct SecretFile: Sendable {
    /// The setting with the secret; that of the file is the same with `File` at its end.
    let name: String
    let secret: any WritableKeyPath<RouterConfiguration, Secret> & Sendable
    let file: any WritableKeyPath<RouterConfiguration, String> & Sendable

    /// No secret is larger.
    private static let bytesMax = 65_536

    /// All of them.
    static let all: [SecretFile] = [
        SecretFile(
            name: "auth.bootstrapKey", secret: \.auth.bootstrapKey, file: \.auth.bootstrapKeyFile),
        SecretFile(
            name: "kafka.tlsKeyPassword", secret: \.kafka.tlsKeyPassword, file: \.kafka.tlsKeyPasswordFile),
        SecretFile(name: "kafka.saslPassword", secret: \.kafka.saslPassword, file: \.kafka.saslPasswordFile),
        SecretFile(
            name: "kafka.oauthClientSecret", secret: \.kafka.oauthClientSecret, file: \.kafka.oauthClientSecretFile),
        SecretFile(
            name: "objectStore.secretAccessKey", secret: \.objectStore.secretAccessKey,
            file: \.objectStore.secretAccessKeyFile),
        SecretFile(
            name: "secrets.encryptionKey", secret: \.secrets.encryptionKey, file: \.secrets.encryptionKeyFile),
        SecretFile(name: "tracing.headers", secret: \.tracing.headers, file: \.tracing.headersFile),
    ]

    /// Whether the secret is given in one of the two ways.
    func isGiven(in configuration: RouterConfiguration) -> Bool {
        !configuration[keyPath: self.secret].isEmpty || !configuration[keyPath: self.file].isEmpty
    }

    /// Puts the file's text in its place, without its last line break. Nothing happens where no file is named.
    /// - Throws: ``ConfigurationFault`` that names the file, never what is in it.
    func read(into configuration: inout RouterConfiguration) throws(ConfigurationFault) {
        let path = configuration[keyPath: self.file]
        guard !path.isEmpty else { return }
        var bytes: [UInt8]
        do {
            bytes = try FileContents.read(path, bytesMax: Self.bytesMax)
        } catch {
            throw ConfigurationFault((error as? CommandFailure)?.message ?? "cannot read '\(path)'")
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw ConfigurationFault("'\(path)' is empty") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationFault("'\(path)' is not UTF-8")
        }
        configuration[keyPath: self.secret] = Secret(text)
    }
}
