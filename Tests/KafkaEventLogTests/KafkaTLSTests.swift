import BrokerTraits
import EventLog
import KafkaEventLog
import KafkaTestKit
import ProcessKit
import Testing

/// Encrypted connections, with certificates on one side or on both.
@Suite(
    .needs(.noida), .enabled(if: CertificateFiles.absence == nil, "it needs openssl for its certificates"),
    .timeLimit(.minutes(2)))
struct KafkaTLSTests {
    /// A listener with a certificate of an authority, and a client that trusts it.
    private struct Parties {
        var authority: CertificateFiles
        var listener: ListenerSecurity
        var client: KafkaSecurity
    }

    private static func withParties<R>(
        certificateFor addresses: String = "IP:127.0.0.1,DNS:localhost", wantsClientCertificate: Bool = false,
        _ body: (Parties) async throws -> R
    ) async throws -> R {
        try await withTemporaryDirectory { directory in
            let authority = try await CertificateFiles(in: directory)
            let pair = try await authority.issue("broker", for: addresses)
            let listener = ListenerSecurity(
                tls: .init(
                    certificateFile: pair.certificate, keyFile: pair.key,
                    clientAuthorityFile: wantsClientCertificate ? authority.authority : nil))
            var tls = KafkaSecurity.TLS()
            tls.authorityFile = authority.authority
            return try await body(
                Parties(authority: authority, listener: listener, client: KafkaSecurity(tls: tls)))
        }
    }

    @Test func aCertificateOfTheAuthorityIsTaken() async throws {
        try await Self.withParties { parties in
            try await SecuredLog.with(parties.listener, parties.client) { try await $0.appendsAndReadsBack() }
        }
    }

    @Test(arguments: [SASLMechanism.plain, .scramSHA256, .scramSHA512])
    func aPasswordGoesThroughTheEncryptedConnection(_ mechanism: SASLMechanism) async throws {
        try await Self.withParties { parties in
            var (listener, client) = (parties.listener, parties.client)
            let (user, password) = (SecuredLog.user, SecuredLog.password)
            listener.sasl = .init([mechanism], users: [user: password])
            client.authentication =
                switch mechanism {
                case .scramSHA256: .scramSHA256(user: user, password: password)
                case .scramSHA512: .scramSHA512(user: user, password: password)
                default: .plain(user: user, password: password)
                }
            try await SecuredLog.with(listener, client) { try await $0.appendsAndReadsBack() }
            listener.sasl = .init([mechanism], users: [user: "another"])
            try await SecuredLog.with(listener, client, SecuredLog.impatient) {
                await $0.expectRefusals(saying: "SASL authentication error", mechanism.rawValue)
            }
        }
    }

    @Test func aCertificateOfAnotherAuthorityIsNamed() async throws {
        try await Self.withParties { parties in
            try await withTemporaryDirectory { elsewhere in
                var client = parties.client
                client.tls?.authorityFile = try await CertificateFiles(in: elsewhere, named: "stranger").authority
                try await SecuredLog.with(parties.listener, client, SecuredLog.impatient) {
                    await $0.expectRefusals(saying: "certificate verify failed", "look at the authority")
                }
            }
        }
    }

    @Test func theSystemsAuthoritiesDoNotKnowOurs() async throws {
        try await Self.withParties { parties in
            try await SecuredLog.with(parties.listener, KafkaSecurity(tls: KafkaSecurity.TLS()), SecuredLog.impatient) {
                await $0.expectRefusals(saying: "certificate verify failed", "look at the authority")
            }
        }
    }

    @Test func aCertificateForAnotherNameIsRefusedUnlessNamesDoNotCount() async throws {
        try await Self.withParties(certificateFor: "DNS:broker.example.com") { parties in
            try await SecuredLog.with(parties.listener, parties.client, SecuredLog.impatient) {
                await $0.expectRefusals(saying: "certificate verify failed", "for the name they are reached by")
            }
            var client = parties.client
            client.tls?.verifiesHostname = false
            try await SecuredLog.with(parties.listener, client) { try await $0.appendsAndReadsBack() }
        }
    }

    @Test func aPortThatIsNotEncryptedIsNamed() async throws {
        try await Self.withParties { parties in
            try await SecuredLog.with(ListenerSecurity(), parties.client, SecuredLog.impatient) {
                await $0.expectRefusals(saying: "look whether the brokers speak TLS on this port")
            }
        }
    }

    @Test func whoDoesNotEncryptIsToldThatTheBrokersMayWantIt() async throws {
        try await Self.withParties { parties in
            try await SecuredLog.with(parties.listener, KafkaSecurity(), SecuredLog.impatient) {
                await $0.expectRefusals(saying: "whether they want TLS or SASL")
            }
        }
    }

    @Test func aClientShowsItsCertificate() async throws {
        try await Self.withParties(wantsClientCertificate: true) { parties in
            let pair = try await parties.authority.issue("client")
            var client = parties.client
            client.tls?.certificateFile = pair.certificate
            client.tls?.keyFile = pair.key
            try await SecuredLog.with(parties.listener, client) { try await $0.appendsAndReadsBack() }
        }
    }

    @Test func aKeyMayBeEncrypted() async throws {
        try await Self.withParties(wantsClientCertificate: true) { parties in
            let pair = try await parties.authority.issue("client", keyPassword: SecuredLog.password)
            var client = parties.client
            client.tls?.certificateFile = pair.certificate
            client.tls?.keyFile = pair.key
            client.tls?.keyPassword = SecuredLog.password
            try await SecuredLog.with(parties.listener, client) { try await $0.appendsAndReadsBack() }
            client.tls?.keyPassword = "not-\(SecuredLog.password)"
            let error = await #expect(throws: EventLogError.self) {
                try await SecuredLog.with(parties.listener, client) { _ in }
            }
            let message = try #require(error).message
            #expect(message.contains("ssl.key.location"), "\(message)")
            #expect(!message.contains(SecuredLog.password))
        }
    }

    @Test func aMissingClientCertificateIsNamed() async throws {
        try await Self.withParties(wantsClientCertificate: true) { parties in
            try await SecuredLog.with(parties.listener, parties.client, SecuredLog.impatient) {
                await $0.expectRefusals(saying: "look at the client's certificate and its key")
            }
        }
    }

    @Test func aClientCertificateOfAnotherAuthorityIsNamed() async throws {
        try await Self.withParties(wantsClientCertificate: true) { parties in
            try await withTemporaryDirectory { elsewhere in
                let pair = try await CertificateFiles(in: elsewhere, named: "stranger").issue("client")
                var client = parties.client
                client.tls?.certificateFile = pair.certificate
                client.tls?.keyFile = pair.key
                try await SecuredLog.with(parties.listener, client, SecuredLog.impatient) {
                    await $0.expectRefusals(saying: "look at the client's certificate and its key")
                }
            }
        }
    }

    @Test func aFileThatIsNotThereIsNamedBeforeAnybodyIsAsked() async throws {
        var client = KafkaSecurity(tls: KafkaSecurity.TLS())
        client.tls?.authorityFile = "/nowhere/authority.pem"
        let error = await #expect(throws: EventLogError.self) {
            try await SecuredLog.with(ListenerSecurity(), client) { _ in }
        }
        #expect(try #require(error).message.contains("ssl.ca.location"))
    }
}
