import Foundation
import Testing

@testable import Portarium

/// `portarium event-types check`
struct EventTypesCommandTests {
    private func check(
        _ schema: String, _ data: String, _ arguments: [String] = []
    ) async throws -> (status: Portarium.ExitStatus, output: String, errors: String) {
        try await TemporaryFile.with(schema, name: "schema.json") { schema in
            try await TemporaryFile.with(data, name: "data.json") { file in
                let input = try #require(FileHandle(forReadingAtPath: file.path))
                let terminal = CapturedTerminal()
                let status = await terminal.run(
                    ["event-types", "check", "--schema", schema.path] + arguments,
                    inputDescriptor: input.fileDescriptor)
                return (status, terminal.output, terminal.errors)
            }
        }
    }

    private static let order = #"{"type": "object", "properties": {"total": {"minimum": 0}}, "required": ["id"]}"#

    @Test func dataThatFitsIsValid() async throws {
        let (status, output, _) = try await self.check(Self.order, #"{"id": 1, "total": 2}"#)
        #expect(status == .done)
        #expect(output == "valid\n")
    }

    @Test func dataThatDoesNotFitIsToldPlaceByPlace() async throws {
        let (status, output, errors) = try await self.check(Self.order, #"{"total": -2}"#)
        #expect(status == .failed)
        #expect(
            output == """
                the data: must have the member 'id' (/required)
                /total: is less than the minimum (/properties/total/minimum)

                """)
        #expect(errors.isEmpty)
    }

    @Test func programsGetJSON() async throws {
        #expect(
            try await self.check(Self.order, #"{"id": 1}"#, ["--json"]).output == #"{"errors":[],"valid":true}"# + "\n")
        let (status, output, _) = try await self.check(Self.order, "1", ["--json"])
        #expect(status == .failed)
        #expect(
            output
                == #"{"errors":[{"detail":"is of type integer: must be object","pointer":"","schemaPointer":"/type"}],"#
                + #""valid":false}"# + "\n")
    }

    @Test func aFormatIsARemarkUnlessItIsAskedFor() async throws {
        #expect(try await self.check(#"{"format": "ipv4"}"#, #""1.2.3""#).status == .done)
        let asserted = try await self.check(#"{"format": "ipv4"}"#, #""1.2.3""#, ["--formats"])
        #expect(asserted.status == .failed)
        #expect(asserted.output.contains("is not of the format ipv4"))
    }

    @Test func whatASchemaRefersToIsGivenAndNotFetched() async throws {
        let schema = #"{"$ref": "https://example.com/address"}"#
        let alone = try await self.check(schema, #"{"city": 1}"#)
        #expect(alone.status == .usage)
        #expect(alone.errors.contains("/$ref"))
        #expect(alone.errors.contains("nothing is fetched"))
        let address = #"{"$id": "https://example.com/address", "properties": {"city": {"type": "string"}}}"#
        try await TemporaryFile.with(address, name: "address.json") { file in
            let both = try await self.check(schema, #"{"city": 1}"#, ["--reference", file.path])
            #expect(both.status == .failed)
            #expect(both.output.hasPrefix("/city: "))
        }
    }

    @Test(arguments: [("{", "--schema"), (#"{"type": "text"}"#, "/type"), (#"{"pattern": "(?=a)"}"#, "linear time")])
    func whatIsNoSchemaIsNamed(_ schema: String, _ word: String) async throws {
        let (status, _, errors) = try await self.check(schema, "1")
        #expect(status == .usage)
        #expect(errors.contains(word))
    }

    @Test func dataThatIsNoJSONIsNamed() async throws {
        let (status, _, errors) = try await self.check("true", "{")
        #expect(status == .usage)
        #expect(errors.contains("the standard input is not JSON"))
    }
}
