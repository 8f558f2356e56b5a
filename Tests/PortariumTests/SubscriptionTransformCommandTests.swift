import Testing

@testable import Portarium

/// Transforms go to the router as they are written: their members have an order, their numbers all their digits.
@Suite struct SubscriptionTransformCommandTests {
    private static let transform =
        #"[{"rename":{"/b":"/c","/a":"/b"}},{"data":{"n":12345678901234567890}}]"#

    /// The body of the last request of a command.
    private func expectSent(_ arguments: [String], answering answer: String = "{}") async throws {
        try await FakeRouter.with { _, _ in
            .json(answer)
        } _: { router in
            let terminal = CapturedTerminal()
            let status = await router.run(["subscriptions"] + arguments, on: terminal)
            #expect(status == .done, "\(terminal.errors)")
            let body = try #require(router.requests.last?.body)
            #expect(body.contains(#""transform":"# + Self.transform), "\(body)")
            #expect(JSONValue(parsing: body.utf8)?["sink"] == "https://a.example/")
        }
    }

    @Test func aFileKeepsThemInJSON() async throws {
        let text = #"{"sink":"https://a.example/","config":{"concurrency":2,"transform":\#(Self.transform)}}"#
        try await TemporaryFile.with(text, name: "s.json") { file in
            try await self.expectSent(["create", "--file", file.path])
        }
    }

    @Test func aFileKeepsTheirOrderInYAML() async throws {
        let text = """
            sink: https://a.example/
            config:
              transform:
                - rename: {/b: /c, /a: /b}
                - data: {n: "x"}
            """
        try await TemporaryFile.with(text, name: "s.yaml") { file in
            try await FakeRouter.with { _, _ in
                .json("{}")
            } _: { router in
                let arguments = ["subscriptions", "create", "--file", file.path]
                #expect(await router.run(arguments, on: CapturedTerminal()) == .done)
                let body = try #require(router.requests.last?.body)
                #expect(
                    body.contains(
                        #""transform":[{"rename":{"/b":"/c","/a":"/b"}},{"data":{"n":"x"}}]"#),
                    "\(body)")
            }
        }
    }

    @Test func anOptionReadsThemFromAFile() async throws {
        try await TemporaryFile.with(Self.transform, name: "t.json") { file in
            try await self.expectSent(["create", "--sink", "https://a.example/", "--transform-file", file.path])
        }
    }

    @Test func whatIsNoTransformIsRefusedBeforeItIsSent() async throws {
        try await TemporaryFile.with(#"[{"rename":{"a":"b"}}]"#, name: "t.json") { file in
            let terminal = CapturedTerminal()
            let arguments = ["subscriptions", "create", "--sink", "https://a.example/", "--transform-file", file.path]
            #expect(await terminal.run(arguments) == .usage)
            #expect(terminal.errors.contains("this is no transform"))
        }
    }

    @Test func aChangeOfSomethingElseLeavesThemAsTheyAre() async throws {
        let text = #"{"id":"a","sink":"https://a.example/","config":{"transform":\#(Self.transform)},"lag":0}"#
        try await self.expectSent(["update", "a", "--concurrency", "5"], answering: text)
    }
}
