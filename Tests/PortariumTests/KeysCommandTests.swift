import Foundation
import HTTPTypes
import Identity
import Testing

@testable import Portarium

/// `portarium keys`, in a log of its own and at a router.
struct KeysCommandTests {
    private static func inDirectory(_ body: (String) async throws -> Void) async throws {
        try await TemporaryFile.with("") { file in
            try await body(URL(fileURLWithPath: file.path).deletingLastPathComponent().path + "/data")
        }
    }

    @Test func aKeyIsMadeListedAndDeletedInTheLogItself() async throws {
        try await Self.inDirectory { directory in
            let made = CapturedTerminal()
            let arguments = ["keys", "create", "--tenant", "*", "--scope", "admin", "--data-dir", directory]
            #expect(await made.run(arguments) == .done)
            let key = try #require(APIKey(made.output.dropLast()))
            #expect(made.errors.contains("shown this once") && !made.errors.contains(key.text))

            let json = CapturedTerminal()
            let further = [
                "keys", "create", "--tenant", "acme", "--scope", "publish", "read", "--name", "till", "--expires-at",
                "2099-01-01T00:00:00Z", "--data-dir", directory, "--json",
            ]
            #expect(await json.run(further) == .done)
            let answer = try #require(JSONValue(parsing: json.output.utf8))
            #expect(answer["tenant"]?.text == "acme")
            #expect(answer["scopes"]?.serialized() == #"["publish","read"]"#)
            #expect(answer["expiresAt"]?.text?.hasPrefix("2099-01-01T00:00:00") == true)
            #expect(APIKey(answer["key"]?.text ?? "") != nil)

            let list = CapturedTerminal()
            #expect(await list.run(["keys", "list", "--data-dir", directory]) == .done)
            #expect(list.output.contains(key.id) && list.output.contains("till"))
            #expect(!list.output.contains(key.text.suffix(40)))

            let deleted = CapturedTerminal()
            #expect(await deleted.run(["keys", "delete", key.id, "--data-dir", directory]) == .done)
            let again = CapturedTerminal()
            #expect(await again.run(["keys", "delete", key.id, "--data-dir", directory]) == .failed)
            #expect(again.errors == "portarium: there is no such key\n")
            let rest = CapturedTerminal()
            #expect(await rest.run(["keys", "list", "--data-dir", directory]) == .done)
            #expect(!rest.output.contains(key.id) && rest.output.contains("acme"))
        }
    }

    @Test(
        arguments: [
            (["--tenant", "a"], "--scope"), (["--tenant", "a", "--scope", "all"], "'all'"),
            (["--scope", "read", "--data-dir", "/nowhere"], "--tenant"),
            (["--scope", "read", "--tenant", "a b", "--data-dir", "/nowhere"], "--tenant"),
            (["--scope", "read", "--data-dir", "d", "--config", "c"], "not both"),
            (["--scope", "read", "--data-dir", "d", "--server", "http://h"], "--data-dir"),
            (["--scope", "read", "--tenant", "a", "--expires-at", "2001-01-01T00:00:00Z"], "--expires-at"),
        ])
    func wrongOptionsAreNamed(options: [String], text: String) async {
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["keys", "create"] + options) == .usage)
        #expect(terminal.errors.contains(text), "\(terminal.errors)")
    }

    @Test func aRouterIsAskedInTheSameWords() async throws {
        let answer = #"{"id":"i","key":"ptm_secret","tenant":"acme","scopes":["read"],"name":"n"}"#
        try await FakeRouter.with { request, _ in
            request.method == "GET" ? .json("{\"items\":[\(answer)]}") : .json(answer, status: 201)
        } _: { router in
            let made = CapturedTerminal()
            let arguments = ["keys", "create", "--tenant", "acme", "--scope", "read", "--name", "n"]
            #expect(await router.run(arguments, on: made) == .done)
            #expect(made.output == "ptm_secret\n")
            let request = try #require(router.requests.first)
            #expect(request.path == "/v1/keys" && request.method == "POST")
            #expect(request.body == #"{"name":"n","scopes":["read"],"tenant":"acme"}"#)
            let list = CapturedTerminal()
            #expect(await router.run(["keys", "list"], on: list) == .done)
            #expect(list.output.contains("never") && !list.output.contains("ptm_secret"))
            let deleted = CapturedTerminal()
            #expect(await router.run(["keys", "delete", "a/b"], on: deleted) == .done)
            #expect(router.requests.last?.path == "/v1/keys/a%2Fb")
        }
    }

    /// Neither what went wrong nor what was asked for says what the key was.
    @Test func theKeyIsNeverPrinted() async throws {
        var generator = SystemRandomNumberGenerator()
        let key = APIKey(using: &generator).text
        let environment = ["PORTARIUM_KEY": key]
        for (status, exit) in [(401, ExitStatus.failed), (403, .failed), (500, .failed), (422, .usage)] {
            try await FakeRouter.with { _, _ in
                .problem(status, #"{"title":"t","status":\#(status),"detail":"d"}"#)
            } _: { router in
                for arguments in [["trace", "1"], ["keys", "list"], ["tail"], ["subscriptions", "list", "--json"]] {
                    let terminal = CapturedTerminal()
                    let line = arguments + ["--server", router.base]
                    #expect(await terminal.run(line, environment: environment) == exit)
                    #expect(!(terminal.output + terminal.errors).contains(key.suffix(49)))
                }
                #expect(router.requests.allSatisfy { $0.headers[.authorization] == "Bearer \(key)" })
            }
        }
        let unreachable = CapturedTerminal()
        let line = ["trace", "1", "--server", "http://127.0.0.1:1", "--key", key]
        #expect(await unreachable.run(line) == .unreachable)
        #expect(!unreachable.errors.contains(key))
    }

    @Test func aMistypedKeyIsSaidAtOnce() async {
        var generator = SystemRandomNumberGenerator()
        let key = String(APIKey(using: &generator).text.dropLast())
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["trace", "1", "--server", "http://127.0.0.1:1", "--key", key]) == .usage)
        #expect(terminal.errors.contains("mistyped or cut off") && !terminal.errors.contains(key))
    }
}
