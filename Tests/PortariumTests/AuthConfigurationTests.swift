import Testing

@testable import Portarium

/// Settings that say who may do what.
struct AuthConfigurationTests {
    private func issues(_ yaml: String) -> [String] {
        ConfigurationCheck(Array(yaml.utf8)).issues.map { "\($0.line):\($0.column) \($0.message)" }
    }

    @Test(arguments: ["127.0.0.1", "localhost", "::1", "127.9.8.7", "LOCALHOST"])
    func withoutKeysItMayListenOnThisMachineOnly(host: String) {
        #expect(self.issues("server: {listenHost: \"\(host)\"}") == [])
    }

    @Test(arguments: [
        "0.0.0.0", "::", "10.0.0.1", "router.example", "127.0.0.1.evil.example", "127.0.0", "127.0.0.256",
    ])
    func anotherAddressNeedsKeysOrAWord(host: String) {
        let issues = self.issues("server: {listenHost: \"\(host)\"}")
        #expect(issues.count == 1)
        #expect(issues.first?.contains("auth.mode") == true && issues.first?.hasPrefix("1:") == true)
        #expect(self.issues("server: {listenHost: \"\(host)\"}\nauth: {mode: required}") == [])
        #expect(self.issues("server: {listenHost: \"\(host)\"}\nauth: {allowKeylessAnywhere: true}") == [])
    }

    @Test func serveRefusesItToo() async {
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["serve", "--listen", "0.0.0.0:0"]) == .usage)
        #expect(terminal.errors.contains("auth.allowKeylessAnywhere"))
    }

    @Test func aWeakBootstrapKeyIsRefusedAndNeverShown() async {
        for key in ["hunter2", String(repeating: "ab cd", count: 8)] {
            let issues = self.issues("auth: {bootstrapKey: \"\(key)\"}")
            #expect(issues.count == 1)
            #expect(issues.first?.contains("32 or more") == true)
            #expect(issues.first?.contains(key) == false)
        }
        #expect(self.issues("auth: {bootstrapKey: 0123456789abcdef0123456789abcdef}") == [])
    }

    @Test func aWeakBootstrapKeyInAFileIsRefusedToo() async throws {
        try await TemporaryFile.with("hunter2\n") { file in
            let reader = RouterConfigurationReader(environment: [
                "PORTARIUM_AUTH_MODE": "required", "PORTARIUM_AUTH_BOOTSTRAP_KEY_FILE": file.path,
            ])
            let failure = await #expect(throws: CommandFailure.self) { try await reader.read() }
            let said = (failure?.details ?? []).joined()
            #expect(said.contains("auth.bootstrapKeyFile") && said.contains("32 or more"))
            #expect(!said.contains("hunter2"))
        }
    }

    @Test func tokensNeedAnAudienceAndAnIssuerThatCanBeAsked() async throws {
        func faults(_ environment: [String: String]) async -> [String] {
            do {
                _ = try await RouterConfigurationReader(environment: environment, file: nil).read()
                return []
            } catch { return (error as? CommandFailure)?.details ?? ["\(error)"] }
        }
        let issuer = ["PORTARIUM_AUTH_JWT_ISSUER": "https://id.example", "PORTARIUM_AUTH_MODE": "required"]
        #expect(await faults(issuer).first?.contains("auth.jwtAudience is needed") == true)
        let good = issuer.merging(["PORTARIUM_AUTH_JWT_AUDIENCE": "p"]) { $1 }
        #expect(await faults(good) == [])
        let plain = good.merging(["PORTARIUM_AUTH_JWT_ISSUER": "http://id.example"]) { $1 }
        #expect(await faults(plain).first?.contains("must be https") == true)
        let set = plain.merging(["PORTARIUM_AUTH_JWT_KEY_SET_URL": "https://id.example/jwks"]) { $1 }
        #expect(await faults(set) == [])
        let open = good.merging(["PORTARIUM_AUTH_JWT_KEY_SET_URL": "http://id.example/jwks"]) { $1 }
        #expect(await faults(open).first?.contains("auth.jwtKeySetUrl must be https") == true)
        #expect(await faults(["PORTARIUM_AUTH_JWT_AUDIENCE": "p"]).first?.contains("do nothing") == true)
        let keyless = good.merging(["PORTARIUM_AUTH_MODE": "keyless"]) { $1 }
        #expect(await faults(keyless).first?.contains("do nothing while auth.mode is keyless") == true)
    }

    @Test(arguments: ["none", "HS256", "HS512", "RS1", ""])
    func algorithmsThatDoNotProveTheIssuerCannotBeAllowed(algorithm: String) {
        let issues = self.issues("auth: {jwtAlgorithms: [\"\(algorithm)\"]}")
        #expect(issues.count == 1)
        #expect(issues.first?.contains("must be one of RS256") == true)
    }
}
