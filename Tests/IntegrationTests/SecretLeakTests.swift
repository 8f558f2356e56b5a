import Foundation
import ProcessKit
import Testing

extension IntegrationTests {
    /// No secret, token or signature reaches a log, a span, a metric or a problem, whatever is asked of the router.
    struct SecretLeakTests {
        @Test func aSecretIsFoundInWhateverFormItIsLetOut() {
            let secret = "a secret/of+some length?"
            let search = SecretSearch(["it": secret])
            for (form, text) in SecretSearch.forms(of: secret) {
                #expect(!search.findings(in: [("x", "before" + text + "after")]).isEmpty, "\(form)")
            }
            for before in 0..<7 {
                let text = String(repeating: "u", count: before) + secret + ":p"
                let base64 = Data(text.utf8).base64EncodedString()
                #expect(!search.findings(in: [("x", base64)]).isEmpty, "\(before) bytes before it in base64")
            }
            #expect(search.findings(in: [("x", "a secret/of+some lengt")]).isEmpty)
        }

        @Test(.timeLimit(.minutes(4)))
        func noSecretIsLetOut() async throws {
            try await LeakWorld.with { world in
                try await world.beRefused()
                try await world.publish()
                try await world.deliver()
                try await world.takeWebhooks()
                try await world.ask()
                let run = try await world.end()
                try await world.startWrongly()
                // The search sees the places that it is about, and is not blind in any of them.
                for place in ["output", "metrics", "spans", "problems"] {
                    let text = try #require(run.first { $0.place == place }?.text, "\(place)")
                    #expect(text.count > 1_000, "\(place)")
                    for (name, secret) in world.search.secrets {
                        let leak = text + "user:\(secret)@"
                        #expect(
                            world.search.findings(in: [(place, leak)]).contains { $0.secret == name },
                            "\(name) would be found in \(place)")
                    }
                }
                let findings = world.search.findings(in: world.texts)
                #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
            }
        }
    }
}
