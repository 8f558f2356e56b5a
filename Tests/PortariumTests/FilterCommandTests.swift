import Testing

@testable import Portarium

/// `portarium filter eval`
struct FilterCommandTests {
    private let event = """
        {"specversion":"1.0","id":"9","source":"/shop","type":"com.example.order.Placed","subject":"eu/1","amount":5}
        """

    private func evaluate(_ arguments: [String]) async throws -> (Portarium.ExitStatus, String, String) {
        try await TemporaryFile.with(self.event, name: "event.json") { file in
            let terminal = CapturedTerminal()
            let status = await terminal.run(["filter", "eval", "--event", file.path, "--json"] + arguments)
            return (status, terminal.output, terminal.errors)
        }
    }

    @Test(arguments: [
        ("type LIKE 'com.example.%'", #"{"value":true,"error":null}"#),
        ("subject", #"{"value":"eu/1","error":null}"#),
        ("amount + 1", #"{"value":6,"error":null}"#),
        ("1 / 0", #"{"value":0,"error":"math"}"#),
        ("nothere", #"{"value":false,"error":"missingAttribute"}"#),
        ("NOSUCH()", #"{"value":false,"error":"missingFunction"}"#),
    ])
    func expressionIsEvaluated(_ expression: String, _ answer: String) async throws {
        let (status, output, _) = try await self.evaluate(["--dialect", "sql", "--", expression])
        #expect(status == .done)
        #expect(output == answer + "\n")
    }

    @Test func negativeNumberNeedsTheDashes() async throws {
        let (status, output, _) = try await self.evaluate(["--", "-5"])
        #expect(status == .done)
        #expect(output == #"{"value":-5,"error":null}"# + "\n")
    }

    @Test func parseErrorEndsWithTwoAndSaysWhere() async throws {
        let (status, output, errors) = try await self.evaluate(["ABC("])
        #expect(status == .usage)
        #expect(output == #"{"value":false,"error":"parse"}"# + "\n")
        #expect(errors.contains("character"))
    }

    @Test(arguments: [
        ("exact", #"{"type":"com.example.order.Placed"}"#, true), ("exact", #"{"type":"x"}"#, false),
        ("prefix", #"{"type":"com.","source":"/s"}"#, true), ("suffix", #"{"type":"x"}"#, false),
        ("all", #"[{"prefix":{"type":"com."}},{"sql":"amount = 5"}]"#, true),
        ("any", #"[{"exact":{"id":"1"}},{"exact":{"id":"9"}}]"#, true), ("not", #"{"exact":{"id":"9"}}"#, false),
    ])
    func dialectsTakeTheirJSON(_ dialect: String, _ argument: String, _ value: Bool) async throws {
        let (status, output, errors) = try await self.evaluate(["--dialect", dialect, argument])
        #expect(status == .done, "\(errors)")
        #expect(output == "{\"value\":\(value),\"error\":null}\n")
    }

    @Test(arguments: [
        ("exact", "{}"), ("exact", #"{"type":1}"#), ("all", "[]"), ("any", "{}"), ("not", #"{"nope":{}}"#),
        ("exact", "no json"), ("all", #"[{"sql":"("}]"#),
    ])
    func filterThatIsNoneEndsWithTwo(_ dialect: String, _ argument: String) async throws {
        let (status, output, errors) = try await self.evaluate(["--dialect", dialect, argument])
        #expect(status == .usage)
        #expect(output == #"{"value":false,"error":"parse"}"# + "\n")
        #expect(errors.hasPrefix("portarium: the "))
        #expect(!errors.contains("DecodingError") && !errors.contains("Error("))
    }

    @Test func withoutAnEventAValidOneIsTaken() async throws {
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["filter", "eval", "specversion = '1.0' AND EXISTS id AND EXISTS type"]) == .done)
        #expect(terminal.output == "true\n")
    }

    @Test func eventThatIsNoneEndsWithTwo() async throws {
        try await TemporaryFile.with(#"{"id":"1"}"#, name: "event.json") { file in
            let terminal = CapturedTerminal()
            #expect(await terminal.run(["filter", "eval", "--event", file.path, "TRUE"]) == .usage)
            #expect(terminal.errors.contains("the event is not valid"))
        }
    }
}
