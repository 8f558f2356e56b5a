extension ConfigurationKey {
    /// Settings of ``RouterConfiguration/Sink`` about what requests prove, and to whom.
    static let sinkTrust: [ConfigurationKey] = [
        .text(
            "sink.authorizationDirectory", \.sink.authorizationDirectory, .any,
            "Directory with files that hold `Authorization` values, `TENANT/NAME` each: what "
                + "`protocolsettings.authorization.file` names."),
        .integer(
            "sink.authorizationReadIntervalMilliseconds", \.sink.authorizationReadIntervalMilliseconds, 100...3_600_000,
            "How long what such a file says is used before it is read again."),
        .text(
            "sink.requestOrigin", \.sink.requestOrigin, .filled,
            "What `WebHook-Request-Origin` says: a DNS name that stands for the router."),
        .integer(
            "sink.handshakeIntervalSeconds", \.sink.handshakeIntervalSeconds, 1...86_400,
            "How long a sink that does not allow deliveries is left alone before it is asked again."),
        .text(
            "sink.clientCertificateFile", \.sink.clientCertificateFile, .any,
            "A certificate with what signed it, in PEM, that is shown to sinks which ask for one."),
        .text(
            "sink.clientKeyFile", \.sink.clientKeyFile, .any,
            "The private key of `sink.clientCertificateFile`, in PEM. Without it the key is in the same file."),
        .text(
            "sink.authorityFile", \.sink.authorityFile, .any,
            "Certificates, in PEM, that those of sinks may be signed by, beside the ones that the system believes."),
    ]
}
