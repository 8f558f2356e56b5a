import Foundation
import ProcessKit

/// An authority of a test's own, and the certificates it gives: files made by `openssl`, gone with their directory.
package struct CertificateFiles: Sendable {
    /// A certificate and its key, PEM.
    package struct Pair: Sendable {
        package var certificate: String
        package var key: String
    }

    private static let openssl = URL(fileURLWithPath: "/usr/bin/openssl")
    private let directory: URL
    private let authorityPair: Pair

    /// The authority's own certificate, PEM.
    package var authority: String { self.authorityPair.certificate }

    /// Why none can be made here; nil where they can.
    package static var absence: String? {
        FileManager.default.isExecutableFile(atPath: Self.openssl.path)
            ? nil : "there is no \(Self.openssl.path) here to make certificates with"
    }

    /// Makes the authority.
    /// - Throws: ``ChildProcess/Failure`` with what `openssl` said.
    package init(in directory: URL, named name: String = "authority") async throws {
        self.directory = directory
        self.authorityPair = Pair(
            certificate: directory.appendingPathComponent("\(name).pem").path,
            key: directory.appendingPathComponent("\(name).key").path)
        try await Self.make(self.authorityPair, name, "basicConstraints=critical,CA:TRUE", [], in: directory)
    }

    /// Makes a certificate of this authority.
    ///
    /// - Parameter addresses: What it is for, as `IP:127.0.0.1,DNS:localhost`.
    /// - Parameter keyPassword: Encrypts the key.
    package func issue(
        _ name: String, for addresses: String = "IP:127.0.0.1,DNS:localhost", keyPassword: String? = nil
    ) async throws -> Pair {
        let pair = Pair(
            certificate: self.directory.appendingPathComponent("\(name).pem").path,
            key: self.directory.appendingPathComponent("\(name).key").path)
        var arguments = ["-CA", self.authorityPair.certificate, "-CAkey", self.authorityPair.key]
        if let keyPassword { arguments += ["-passout", "pass:\(keyPassword)"] }
        try await Self.make(
            pair, name, "basicConstraints=critical,CA:FALSE\nsubjectAltName=\(addresses)", arguments,
            in: self.directory, isEncrypted: keyPassword != nil)
        return pair
    }

    private static func make(
        _ pair: Pair, _ name: String, _ extensions: String, _ arguments: [String], in directory: URL,
        isEncrypted: Bool = false
    ) async throws {
        let settings = directory.appendingPathComponent("\(name).conf")
        let text = "[req]\ndistinguished_name=name\nx509_extensions=own\n[name]\n[own]\n\(extensions)\n"
        try Data(text.utf8).write(to: settings)
        let child = try ChildProcess(
            executable: Self.openssl,
            arguments: [
                "req", "-x509", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2",
                "-subj", "/CN=\(name)", "-config", settings.path, "-keyout", pair.key, "-out", pair.certificate,
            ] + (isEncrypted ? [] : ["-nodes"]) + arguments,
            outputFile: directory.appendingPathComponent("\(name).txt"), leash: Leash())
        guard try await child.end(within: .seconds(30)) == 0 else {
            throw ChildProcess.Failure("openssl: \(child.outputTail())")
        }
    }
}
