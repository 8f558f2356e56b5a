import NIOSSL

/// What the sink shows to servers with TLS, and whom it believes.
public struct SinkCertificates: Sendable {
    let tls: TLSConfiguration

    /// Reads the files, once.
    /// - Parameters:
    ///   - certificateFile: a certificate with what signed it, in PEM, which is shown to servers that ask for one; nil:
    ///     none is.
    ///   - keyFile: its key, in PEM; nil: it is in the same file.
    ///   - authorityFile: certificates, in PEM, that servers' may be signed by beside those that the system believes.
    /// - Throws: ``SinkCertificateError`` that names the file.
    public init(
        certificateFile: String?, keyFile: String?, authorityFile: String?
    ) throws(SinkCertificateError) {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorityFile {
            // The public network stays reachable.
            tls.additionalTrustRoots = [.certificates(try Self.certificates(authorityFile))]
        }
        if let certificateFile {
            tls.certificateChain = try Self.certificates(certificateFile).map { .certificate($0) }
            let keyFile = keyFile ?? certificateFile
            guard let key = try? NIOSSLPrivateKey(file: keyFile, format: .pem) else {
                throw SinkCertificateError("'\(keyFile)' has no private key in PEM that can be read")
            }
            tls.privateKey = .privateKey(key)
            guard (try? NIOSSLContext(configuration: tls)) != nil else {
                throw SinkCertificateError(
                    "the certificate of '\(certificateFile)' and the key of '\(keyFile)' do not fit")
            }
        }
        self.tls = tls
    }

    private static func certificates(_ file: String) throws(SinkCertificateError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
            throw SinkCertificateError("'\(file)' has no certificate in PEM that can be read")
        }
        return certificates
    }
}
