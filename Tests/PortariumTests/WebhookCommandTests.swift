import Foundation
import Testing

@testable import Portarium

/// `portarium webhook verify`
struct WebhookCommandTests {
    private static let signature =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    private static let secret = "It's a Secret to Everybody"

    private func verify(
        _ arguments: [String], body: String = "Hello, World!"
    ) async throws -> (
        Portarium.ExitStatus, String, String
    ) {
        try await TemporaryFile.with(body, name: "body") { file in
            let input = try #require(FileHandle(forReadingAtPath: file.path))
            let terminal = CapturedTerminal()
            let status = await terminal.run(
                ["webhook", "verify"] + arguments, inputDescriptor: input.fileDescriptor)
            return (status, terminal.output, terminal.errors)
        }
    }

    @Test(arguments: ["x-hub-signature-256: \(Self.signature)", "X-Hub-Signature-256:\(Self.signature) "])
    func whatTheProviderSignedIsAccepted(_ header: String) async throws {
        let (status, output, _) = try await self.verify(
            ["--provider", "github", "--secret", "older", "--secret", Self.secret, "--header", header])
        #expect(status == .done)
        #expect(output == "accepted\n")
    }

    @Test func whatItDidNotSignIsRejectedWithTheReason() async throws {
        let arguments = ["--provider", "github", "--secret", Self.secret]
        let changed = try await self.verify(
            arguments + ["--header", "X-Hub-Signature-256: \(Self.signature)"], body: "Hello, World!\n")
        #expect(changed.0 == .failed)
        #expect(changed.1.hasPrefix("rejected: no signature matches"))
        let unsigned = try await self.verify(arguments)
        #expect(unsigned.0 == .failed)
        #expect(unsigned.1 == "rejected: the header X-Hub-Signature-256 is missing\n")
    }

    @Test func aSenderOfNoProviderIsBelievedByItsOwnHeader() async throws {
        let code = Self.signature.dropFirst("sha256=".count)
        let arguments = ["--provider", "hmac", "--secret", Self.secret, "--header", "X-Acme: v1=\(code)"]
        let told = try await self.verify(arguments + ["--signature-header", "X-Acme", "--signature-prefix", "v1="])
        #expect(told.0 == .done)
        #expect(try await self.verify(arguments).0 == .failed)
        let foreign = try await self.verify(
            ["--provider", "github", "--secret", "s", "--signature-header", "X-Acme"])
        #expect(foreign.0 == .usage)
        #expect(try await self.verify(arguments + ["--signature-header", "a b"]).0 == .usage)
    }

    @Test func theTimeThatCountsCanBeGiven() async throws {
        let arguments = [
            "--provider", "slack", "--secret", "s", "--header", "X-Slack-Request-Timestamp: 1531420618", "--header",
            "X-Slack-Signature: v0=00",
        ]
        #expect(try await self.verify(arguments).1.contains("s old"))
        #expect(try await self.verify(arguments + ["--at", "1531420618"]).1.contains("no signature matches"))
    }

    @Test(arguments: [
        (["--provider", "nobody", "--secret", "s"], "github"),
        (["--provider", "github", "--secret", ""], "a secret is empty"),
        (["--provider", "standard-webhooks", "--secret", "whsec_?"], "copy it again"),
        (["--provider", "github", "--secret", "s", "--header", "nothing"], "header"),
        (["--provider", "github", "--secret", "s", "--at=-1"], "--at"),
        (["--provider", "github"], "--secret"),
    ])
    func whatCannotBeUsedIsBadInput(_ arguments: [String], _ mention: String) async throws {
        let (status, output, errors) = try await self.verify(arguments)
        #expect(status == .usage)
        #expect(output == "")
        #expect(errors.contains(mention), "\(errors)")
    }
}
