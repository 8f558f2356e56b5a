import ArgumentParser
import FoundationEssentials
import NIOCore
import WebhookSignatures

/// `portarium webhook`
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "Try webhooks without a router.",
        discussion: """
            EXAMPLE
              portarium webhook verify --provider gitlab --secret S \\
                --header 'X-Gitlab-Token: S' < body
            """,
        subcommands: [Verify.self])

    /// `portarium webhook verify`
    struct Verify: AsyncParsableCommand {
        /// No provider sends more.
        private static let bodyBytesMax = 32 * 1_048_576

        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Tell whether a webhook on the standard input is signed as it should be.",
            discussion: """
                The body must be given byte for byte as it was sent: a line break at the end is a part of it. Prints \
                accepted, or rejected and the reason; ends with 0 or 1.

                PROVIDERS
                \(Self.providers)

                EXAMPLE
                  portarium webhook verify --provider github --secret "$SECRET" \\
                    --header 'X-Hub-Signature-256: sha256=7571…' < body.json
                """)

        private static let providers = WebhookProvider.all.map { provider in
            "  " + ([provider.name] + provider.aliases).joined(separator: ", or ")
        }.joined(separator: "\n")

        @Option(help: ArgumentHelp("Who signed it.", valueName: "name"))
        var provider: WebhookProvider

        @Option(help: ArgumentHelp("What the provider signs with; may be repeated, any is good.", valueName: "secret"))
        var secret: [String]

        @Option(help: ArgumentHelp("The time that counts as now, in seconds since 1970. (default: now)"))
        var at: Int64?

        @Option(help: ArgumentHelp("The URL that the provider calls, with its query; Twilio signs it."))
        var url: String?

        @Option(help: ArgumentHelp("A header of the request; may be repeated.", valueName: "name: value"))
        var header: [HeaderField] = []

        @OptionGroup var signature: SignatureFlags

        func validate() throws {
            if self.signature.verification != nil, !self.provider.takesVerification {
                throw ValidationError(
                    "--signature-… are for --provider hmac: \(self.provider.name) signs in its own way")
            }
            if let at, !(0...Int64(1) << 40).contains(at) {
                throw ValidationError("--at is a number of seconds since 1970, like 1700000000")
            }
        }

        func run() async throws {
            let verifier: WebhookVerifier
            do {
                verifier = try WebhookVerifier(
                    self.provider, secrets: self.secret, verification: self.signature.verification)
            } catch {
                throw CommandFailure(.usage, "--secret: \(error)")
            }
            let request = WebhookRequest(
                headers: self.header.map { ($0.name, $0.value) },
                body: ByteBuffer(bytes: try FileContents.read("-", bytesMax: Self.bodyBytesMax)), url: self.url)
            let now = self.at.map { $0 * 1_000 } ?? Int64(Date().timeIntervalSince1970 * 1_000)
            do throws(WebhookRejection) { try verifier.verify(request, nowMilliseconds: now) } catch {
                try Terminal.current.print(TerminalText.safe("rejected: \(error)"))
                throw CommandFailure(.failed, "")
            }
            try Terminal.current.print("accepted")
        }
    }
}

extension WebhookProvider: ExpressibleByArgument {
    public init?(argument: String) {
        guard let provider = WebhookProvider.named(argument) else { return nil }
        self = provider
    }

    public static var allValueStrings: [String] { Self.all.map(\.name) }
}
